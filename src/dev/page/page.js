// Shows the inbox and keeps it current. A message is text from outside: it only ever becomes textContent.
'use strict';

const state = document.getElementById('state');
const messages = document.getElementById('messages');
const shown = new Map(); // message to its card

function element(tag, text, className) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

// Without TLS a browser gives the clipboard to pages of its own machine only; elsewhere the old command still works.
async function copy(code) {
  if (navigator.clipboard) return navigator.clipboard.writeText(code.textContent);
  window.getSelection().selectAllChildren(code);
  if (!document.execCommand('copy')) throw new Error('the browser refuses');
}

function passcode(text) {
  const line = element('p', '', 'passcode');
  const code = element('code', text);
  const button = element('button', 'Copy');
  button.type = 'button';
  button.setAttribute('aria-label', `Copy the code ${text}`);
  const told = element('span', '');
  told.role = 'status';
  button.addEventListener('click', async () => {
    try {
      await copy(code);
      told.textContent = 'Copied';
    } catch (error) {
      told.textContent = `Not copied (${error.message})`;
    }
  });
  line.append(code, button, told);
  return line;
}

function card(message) {
  const item = document.createElement('li');
  const kind = message.channel === 'email' ? 'E-mail' : 'SMS';
  item.append(element('h2', `${kind} to ${message.to}`));
  const time = element('time', new Date(message.at).toLocaleString());
  time.dateTime = message.at;
  item.append(time);
  if (message.passcode) item.append(passcode(message.passcode));
  if (message.subject) item.append(element('p', message.subject, 'subject'));
  item.append(element('p', message.text, 'text'));
  return item;
}

// A line is written only when it changes, so that a screen reader does not repeat it every second.
function say(text, failed) {
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle('failed', failed);
}

function show(inbox) {
  // A restarted server may count from the start again: the time tells the new message from the old one.
  const present = new Map(inbox.map((message) => [`${message.id} ${message.channel} ${message.at}`, message]));
  for (const [key, item] of shown) {
    if (present.has(key)) continue;
    item.remove();
    shown.delete(key);
  }
  const fresh = [...present].filter(([key]) => !shown.has(key)).map(([key, message]) => [key, card(message)]);
  for (const [key, item] of fresh) shown.set(key, item);
  messages.prepend(...fresh.map(([, item]) => item));
  const count = messages.childElementCount;
  say(count === 0 ? 'No messages yet.' : `${count} ${count === 1 ? 'message' : 'messages'}, newest first.`, false);
}

async function poll() {
  try {
    const answer = await fetch('/dev/inbox', { headers: { Accept: 'application/json' } });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    show(await answer.json());
  } catch (error) {
    say(`The server does not answer (${error.message}). Trying again.`, true);
  }
  setTimeout(poll, 1000);
}

poll();
