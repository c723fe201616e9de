//! The transition function of a transaction. The order of the checks is the order in which errors are documented.

use super::*;
use crate::domain::keys::ServerKey;
use crate::domain::limit::{Meter, Metered, Stage, Window};
use crate::domain::oath::ocra::question::Question;
use crate::domain::oath::{Digits, Seed, hotp};
use crate::domain::session::{Session, SessionId};
use crate::domain::token::{Checked, Device, Ocra, Token};
use aws_lc_rs::{constant_time, hmac};
use std::cmp::Reverse;
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};

/// Challenges that are tried before a token's are held to be used up. Even where half of them are burnt, eight in a row
/// are met once in 256 times.
const CHALLENGES: u32 = 8;

/// What the store knows when a command comes.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The session that the call comes in, if it is registered.
    pub session: Option<Session>,
    /// The transaction that the command names, if there is one.
    pub transaction: Option<Transaction>,
    /// For [`Action::Open`] the holder's tokens, whatever state they are in, if they [may be read](may_open); otherwise
    /// the token that [`asks`] names.
    pub tokens: Vec<Token>,
    /// For each challenge of [`candidate`], or for that of the transaction if there is one, whether it is burnt for its
    /// token.
    pub burnt: Vec<bool>,
    /// For [`Action::Close`]: the transaction is there, but its time is over.
    pub expired: bool,
    /// The windows of [`meters`], in their order.
    pub windows: Vec<Window>,
}

/// What the store has to write, all of it or nothing, and what the caller is told afterwards.
#[derive(Clone, Debug)]
pub struct Step {
    /// A new transaction.
    pub insert: Option<Transaction>,
    /// Open transactions to close, those of a holder, client and kind: before the new one is written.
    pub supersede: Option<Supersede>,
    /// A transaction as it is now.
    pub update: Option<Transaction>,
    /// A token as it is now.
    pub token: Option<Token>,
    /// Windows as they are now.
    pub windows: Vec<(Meter, Window)>,
    /// A challenge that is burnt for a token from now on. It was not before, or the store undoes the step.
    pub burn: Option<(TokenId, String)>,
    /// The answer.
    pub decision: Decision,
}

/// Which open transactions a new one closes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supersede {
    /// Theirs.
    pub holder: TokenHolder,
    /// Theirs.
    pub client: ClientId,
    /// Theirs.
    pub kind: Kind,
}

/// The token for a new transaction, and what it may be asked.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// The token.
    pub token: &'a Token,
    /// The challenges to choose from, in order; none for a token that takes none.
    pub challenges: Vec<Challenge>,
}

/// Chooses the token for a transaction that is to be opened: of those that are good now, OCRA before TOTP before
/// HOTP, and of these the one given last.
pub fn candidate<'a>(command: &Command, tokens: &'a [Token]) -> Result<Candidate<'a>, Refusal> {
    let Action::Open(request) = &command.action else { return Err(Refusal::NotFound) };
    if !request.asks_for_its_own() {
        return Err(Refusal::NotFound);
    }
    let policy = &command.rules.policy;
    let mut theirs: Vec<_> = tokens
        .iter()
        .filter_map(|token| Some((token, token.assignment()?)))
        .filter(|(_, assignment)| assignment.holder == request.holder)
        .collect();
    if theirs.is_empty() {
        return Err(Refusal::NotFound);
    }
    theirs.sort_by_key(|(token, assignment)| (token.device.kind(), Reverse(assignment.given.at), *token.id.as_bytes()));
    let mut refusal = Reason::NoSigningToken;
    for (token, _) in theirs {
        let challenges = challenges(request, &token.device);
        let suits = challenges.is_some() || (policy.risk_without_ocra && token.device.kind() != DeviceKind::Ocra);
        match token.usable(&policy.tokens, command.at) {
            Ok(()) if suits => return Ok(Candidate { token, challenges: challenges.unwrap_or_default() }),
            Err(unusable) if suits && refusal == Reason::NoSigningToken => refusal = Reason::Token(unusable),
            _ => {}
        }
    }
    Err(Refusal::BusinessFailed(refusal))
}

/// Whether the holder's tokens may be read for a new transaction. If the caller asks for somebody else, or in a session
/// that is not for this, they are not: the time that takes would tell how many there are.
pub fn may_open(command: &Command, request: &OpenRequest, session: Option<&Session>) -> bool {
    request.asks_for_its_own() && in_session(command, session, &request.client, &request.holder)
}

/// The token that deciding this command takes, besides the transaction it names: none for a caller who may not know
/// of it.
pub fn asks(command: &Command, loaded: &Loaded) -> Option<TokenId> {
    match &command.action {
        Action::Validate(request) => known(command, request, loaded).map(|transaction| transaction.token),
        Action::Open(_) | Action::Close(..) => None,
    }
}

/// Whether a call for this holder may be made in its session.
fn in_session(command: &Command, session: Option<&Session>, client: &ClientId, holder: &TokenHolder) -> bool {
    match session {
        Some(session) => session.admits(command.at, client, &holder.customer),
        None => !command.rules.policy.registered_sessions_only,
    }
}

/// Decides a command. Pure: the same input gives the same step.
pub fn step(command: &Command, loaded: Loaded) -> Step {
    let (meters, windows) = (meters(command), loaded.windows.clone());
    let limits = Metered::new(&meters, &windows, command.at);
    if let Some(retry_after) = limits.full(Stage::Caller) {
        return Step::refuse(Refusal::Throttled { retry_after });
    }
    let step = decide(command, loaded);
    let wrong = step.decision == Err(Refusal::BusinessFailed(Reason::WrongCode));
    Step { windows: limits.raised(|kind| wrong || !kind.counts_failures()), ..step }
}

fn decide(command: &Command, loaded: Loaded) -> Step {
    match &command.action {
        Action::Open(request) => open(command, request, &loaded).unwrap_or_else(Step::refuse),
        Action::Validate(request) => match known(command, request, &loaded) {
            Some(transaction) => validate(command, request, transaction, &loaded),
            None => {
                spend_the_same_time(command, request);
                Step::refuse(Refusal::NotFound)
            }
        },
        Action::Close(..) => match loaded.transaction {
            Some(transaction) if command.at < transaction.expires_at && transaction.state == State::Open => {
                let closed = Transaction { state: State::Closed { at: command.at }, ..transaction };
                Step { update: Some(closed.clone()), ..Step::grant(Granted::Closed(Box::new(closed))) }
            }
            None if !loaded.expired => Step::refuse(Refusal::NotFound),
            _ => Step::refuse(Refusal::Over),
        },
    }
}

impl Step {
    fn refuse(refusal: Refusal) -> Self {
        Self::decide(Err(refusal))
    }

    fn grant(granted: Granted) -> Self {
        Self::decide(Ok(granted))
    }

    fn decide(decision: Decision) -> Self {
        let windows = Vec::new();
        Self { insert: None, supersede: None, update: None, token: None, windows, burn: None, decision }
    }
}

fn open(command: &Command, request: &OpenRequest, loaded: &Loaded) -> Result<Step, Refusal> {
    if !may_open(command, request, loaded.session.as_ref()) {
        return Err(Refusal::NotFound);
    }
    let Candidate { token, challenges } = candidate(command, &loaded.tokens)?;
    let (device, policy) = (token.device.kind(), &command.rules.policy);
    let fresh = challenges.into_iter().zip(&loaded.burnt).find(|(_, burnt)| !**burnt).map(|(challenge, _)| challenge);
    if device == DeviceKind::Ocra && fresh.is_none() {
        return Err(Refusal::BusinessFailed(Reason::ChallengeBurnt));
    }
    let key = command.rules.keys.current();
    let transaction = Transaction {
        id: request.id,
        subject: request.subject.clone(),
        client: request.client.clone(),
        session: session(key, &request.session),
        key_id: key.id().clone(),
        holder: request.holder.clone(),
        token: token.id,
        device,
        challenge: fresh,
        opened_at: command.at,
        expires_at: command.at + policy.lifetime,
        failed_attempts: 0,
        state: State::Open,
    };
    let supersede = policy.one_at_a_time.then(|| Supersede {
        holder: request.holder.clone(),
        client: request.client.clone(),
        kind: request.subject.kind(),
    });
    let insert = Some(transaction.clone());
    Ok(Step { insert, supersede, ..Step::grant(Granted::Opened(Box::new(transaction))) })
}

/// What a device can be asked for a subject; `None` if it cannot confirm it the way the subject wants to be.
fn challenges(request: &OpenRequest, device: &Device) -> Option<Vec<Challenge>> {
    let numbered = 0..CHALLENGES;
    match (device, &request.subject) {
        (Device::Hotp { .. } | Device::Totp { .. }, Subject::Login) => Some(Vec::new()),
        (Device::Hotp { .. } | Device::Totp { .. }, Subject::Risk(_)) => None,
        (Device::Ocra(ocra), Subject::Login) => {
            let draw = |n| Question::random(ocra.suite(), &request.draw.stream(n));
            Some(numbered.map(|n| Challenge { question: draw(n).as_str().to_owned(), salt: None }).collect())
        }
        (Device::Ocra(ocra), Subject::Risk(details)) => {
            let sign = |n| signed(ocra, details, SignatureSalt::random(&request.draw.stream(n)));
            numbered.map(sign).collect()
        }
    }
}

fn signed(ocra: &Ocra, details: &Details, salt: SignatureSalt) -> Option<Challenge> {
    let question = Question::for_signature(ocra.suite(), &details.named(), &salt).ok()?;
    Some(Challenge { question: question.as_str().to_owned(), salt: Some(salt) })
}

/// The transaction, if this caller may know that there is one. The session is hashed and compared in any case.
fn known<'a>(command: &Command, request: &ValidateRequest, loaded: &'a Loaded) -> Option<&'a Transaction> {
    let (keys, transaction) = (&command.rules.keys, loaded.transaction.as_ref());
    let key = transaction.and_then(|transaction| keys.find(&transaction.key_id));
    let given = session(key.unwrap_or(keys.current()), &request.session);
    let theirs = transaction.map_or([0; 32], |transaction| transaction.session);
    let same_session = constant_time::verify_slices_are_equal(&given, &theirs).is_ok() && key.is_some();
    transaction.filter(|transaction| {
        same_session
            && command.at < transaction.expires_at
            && matches!(transaction.state, State::Open | State::Locked { .. })
            && transaction.client == request.client
            && transaction.subject.kind() == request.kind
            && request.customer.as_ref().is_none_or(|customer| *customer == transaction.holder.customer)
            && in_session(command, loaded.session.as_ref(), &request.client, &transaction.holder)
    })
}

fn validate(command: &Command, request: &ValidateRequest, transaction: &Transaction, loaded: &Loaded) -> Step {
    let (policy, tokens) = (&command.rules.policy, &loaded.tokens);
    let refuse = |reason| {
        spend_the_same_time(command, request);
        Step::refuse(Refusal::BusinessFailed(reason))
    };
    if transaction.state != State::Open || transaction.failed_attempts >= policy.failed_attempts_max {
        return refuse(Reason::AttemptsUsedUp);
    }
    let theirs = |token: &&Token| token.id == transaction.token && token.holder() == Some(&transaction.holder);
    let Some(token) = tokens.iter().find(theirs) else {
        let gone = tokens.iter().find(|token| token.id == transaction.token);
        let unusable = gone.and_then(|token| token.usable(&policy.tokens, command.at).err());
        return refuse(Reason::Token(unusable.unwrap_or(Unusable::NotAssigned)));
    };
    // Two open transactions of one token may have the same challenge: the code of one is no code of the other.
    if loaded.burnt.contains(&true) {
        return refuse(Reason::ChallengeBurnt);
    }
    let question = match (&transaction.challenge, &token.device) {
        (Some(challenge), Device::Ocra(ocra)) => match Question::parse(ocra.suite(), &challenge.question) {
            Ok(question) => Some(question),
            Err(_) => return refuse(Reason::Token(Unusable::Question)),
        },
        _ => None,
    };
    match token.check(&policy.tokens, command.at, &request.code, question.as_ref()) {
        Checked::Unusable(unusable) => refuse(Reason::Token(unusable)),
        Checked::Right(token) => {
            let burn = question.filter(|_| token.burns()).map(|question| (token.id, question.as_str().to_owned()));
            let consumed = Transaction { state: State::Consumed { at: command.at }, ..transaction.clone() };
            let granted = Granted::Validated(Box::new(consumed.clone()));
            Step { update: Some(consumed), token: Some(token), burn, ..Step::grant(granted) }
        }
        Checked::Wrong(token) => {
            let failed_attempts = transaction.failed_attempts + 1;
            let used_up = failed_attempts >= policy.failed_attempts_max;
            let state = if used_up { State::Locked { at: command.at } } else { State::Open };
            let failed = Transaction { failed_attempts, state, ..transaction.clone() };
            let refusal = Refusal::BusinessFailed(Reason::WrongCode);
            Step { update: Some(failed), token: Some(token), ..Step::refuse(refusal) }
        }
    }
}

fn session(key: &ServerKey, session: &Secret) -> [u8; 32] {
    *SessionId::of(key, session).as_bytes()
}

/// Does for a code that is not looked at what is done for one that is, so that the time taken tells nothing: as many
/// codes are computed and compared as for a token that counts.
fn spend_the_same_time(command: &Command, request: &ValidateRequest) {
    let Ok(seed) = Seed::new(request.id.as_bytes()) else { return };
    let window = command.rules.policy.tokens.look_ahead;
    black_box(hotp::verify(&seed, Digits::Six, 0, window, request.code.expose()));
}

impl Draw {
    /// The n-th stream of random bytes of this draw.
    fn stream(&self, n: u32) -> Stream {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &*self.0);
        Stream { key, number: n, block: AtomicU32::new(0) }
    }
}

/// Bytes of HMAC-SHA-256 in counter mode: as random as the key.
struct Stream {
    key: hmac::Key,
    number: u32,
    block: AtomicU32,
}

impl Random for Stream {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let mut mac = hmac::Context::with_key(&self.key);
            mac.update(&self.number.to_be_bytes());
            mac.update(&self.block.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            chunk.copy_from_slice(&mac.sign().as_ref()[..chunk.len()]);
        }
    }
}
