// Starts Swagger UI, with what it does otherwise:
// - its logo brings a <style> element along, which the page's policy refuses: it is replaced;
// - a document that this server does not answer is for reading only;
// - an operation that also works without a token has no closed padlock before there is one.
'use strict';

function ours(readOnly) {
  return (system) => ({
    components: { Logo: () => 'Countersign' },
    statePlugins: {
      spec: {
        wrapSelectors: {
          allowTryItOutFor: (original) => (...args) => {
            const document = new URL(system.specSelectors.url(), window.location.href).pathname;
            return !readOnly.includes(document) && original(...args);
          },
        },
      },
      auth: {
        wrapSelectors: {
          isAuthorized: (original) => (state, securities) =>
            original(state, securities && securities.filter((schemes) => schemes.size > 0)),
        },
      },
    },
  });
}

async function start() {
  const { readOnly, inbox, ...config } = await (await fetch('config.json')).json();
  if (inbox) {
    const more = document.getElementById('more');
    more.querySelector('a').href = inbox;
    more.hidden = false;
  }
  SwaggerUIBundle({
    ...config,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [SwaggerUIBundle.plugins.DownloadUrl, ours(readOnly)],
  });
}

start().catch((error) => {
  document.getElementById('swagger-ui').textContent = `The list of documents cannot be read (${error.message}).`;
});
