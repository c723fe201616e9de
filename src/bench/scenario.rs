//! What is asked in a run, request by request. Most scenarios need something to begin with ([`super::prepare`]): one flow or
//! transaction is good for few requests, and getting there is not what is measured.

use super::load::{Request, Script};
use super::requests::{self, Phones, Sent, Started, Transaction};
use http::StatusCode;
use std::str::FromStr;
use std::sync::Arc;
use std::vec::IntoIter;
use uuid::Uuid;

/// Requests of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// DBX: open a flow, send its code; two requests.
    Request,
    /// DBX: the right code, once for each flow.
    VerifyRight,
    /// DBX: wrong codes, two for each flow.
    VerifyWrong,
    /// DBX: the same code again, three times for each flow.
    Resend,
    /// BNE: the right code of a hardware token, once for each transaction.
    BneValidate,
    /// Of ten requests five of `request`, two of `verify-right`, one of each other.
    Mixed,
}

impl Scenario {
    /// All, in the order of the code's life.
    pub const ALL: [Self; 6] =
        [Self::Request, Self::VerifyRight, Self::VerifyWrong, Self::Resend, Self::BneValidate, Self::Mixed];

    /// As on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::VerifyRight => "verify-right",
            Self::VerifyWrong => "verify-wrong",
            Self::Resend => "resend",
            Self::BneValidate => "bne-validate",
            Self::Mixed => "mixed",
        }
    }
}

/// Not a scenario.
#[derive(Debug, thiserror::Error)]
#[error("the scenarios are request, verify-right, verify-wrong, resend, bne-validate and mixed")]
pub struct NoScenario;

impl FromStr for Scenario {
    type Err = NoScenario;

    fn from_str(text: &str) -> Result<Self, NoScenario> {
        Self::ALL.into_iter().find(|scenario| scenario.as_str() == text).ok_or(NoScenario)
    }
}

/// The third would lock the flow.
const WRONG_EACH: u8 = 2;
/// As many as the default policy allows.
const RESENDS_EACH: u8 = 3;

/// What a script begins with: flows with their right codes, flows whose codes nobody needs to know, transactions.
#[derive(Default)]
pub(super) struct Prepared {
    pub(super) right: Vec<(Sent, String)>,
    pub(super) wrong: Vec<Sent>,
    pub(super) resend: Vec<Sent>,
    pub(super) transactions: Vec<Transaction>,
}

impl Prepared {
    /// Deals everything out to as many hands.
    fn deal(self, hands: usize) -> Vec<Self> {
        let mut dealt: Vec<_> = (0..hands).map(|_| Self::default()).collect();
        let turns = |n: usize| n % hands;
        self.right.into_iter().enumerate().for_each(|(n, one)| dealt[turns(n)].right.push(one));
        self.wrong.into_iter().enumerate().for_each(|(n, one)| dealt[turns(n)].wrong.push(one));
        self.resend.into_iter().enumerate().for_each(|(n, one)| dealt[turns(n)].resend.push(one));
        self.transactions.into_iter().enumerate().for_each(|(n, one)| dealt[turns(n)].transactions.push(one));
        dealt
    }
}

/// The scripts of a scenario, one for each connection.
pub(super) fn scripts(
    scenario: Scenario,
    connections: usize,
    prepared: Prepared,
    phones: &Arc<Phones>,
    uuid: fn() -> Uuid,
) -> Vec<Box<dyn Script>> {
    let each = prepared.deal(connections);
    each.into_iter().map(|prepared| script(scenario, prepared, phones.clone(), uuid)).collect()
}

fn script(scenario: Scenario, prepared: Prepared, phones: Arc<Phones>, uuid: fn() -> Uuid) -> Box<dyn Script> {
    let Prepared { right, wrong, resend, transactions } = prepared;
    match scenario {
        Scenario::Request => Box::new(Requesting { phones, flow: None }),
        Scenario::VerifyRight => Box::new(Right(right.into_iter())),
        Scenario::VerifyWrong => Box::new(Wrong(Repeated::new(wrong, WRONG_EACH))),
        Scenario::Resend => Box::new(Resending(Repeated::new(resend, RESENDS_EACH))),
        Scenario::BneValidate => Box::new(Validating { transactions: transactions.into_iter(), uuid }),
        Scenario::Mixed => Box::new(Mixed {
            parts: [
                Box::new(Requesting { phones, flow: None }),
                Box::new(Right(right.into_iter())),
                Box::new(Wrong(Repeated::new(wrong, WRONG_EACH))),
                Box::new(Resending(Repeated::new(resend, RESENDS_EACH))),
                Box::new(Validating { transactions: transactions.into_iter(), uuid }),
            ],
            turn: 0,
        }),
    }
}

/// The same request over and over: for the pipeline that does nothing.
pub(super) struct Same(pub(super) Request);

impl Script for Same {
    fn next(&mut self) -> Option<Request> {
        let Request { method, path, headers, body } = &self.0;
        Some(Request { method: method.clone(), path, headers: headers.clone(), body: body.clone() })
    }

    fn answered(&mut self, status: StatusCode, _: &[u8]) -> Result<(), String> {
        if status.is_success() { Ok(()) } else { Err(status.to_string()) }
    }
}

struct Requesting {
    phones: Arc<Phones>,
    flow: Option<Started>,
}

impl Script for Requesting {
    fn next(&mut self) -> Option<Request> {
        Some(match &self.flow {
            None => requests::start(&self.phones.next()),
            Some(flow) => requests::send(flow),
        })
    }

    fn answered(&mut self, status: StatusCode, body: &[u8]) -> Result<(), String> {
        self.flow = match self.flow.take() {
            None => Some(requests::started(status, body)?),
            Some(_) => requests::sent(status, body).map(|_| None)?,
        };
        Ok(())
    }
}

struct Right(IntoIter<(Sent, String)>);

impl Script for Right {
    fn next(&mut self) -> Option<Request> {
        self.0.next().map(|(sent, code)| requests::verify(&sent, &code))
    }

    fn answered(&mut self, status: StatusCode, body: &[u8]) -> Result<(), String> {
        if requests::verified(status, body)? { Ok(()) } else { Err("the right code was refused".to_owned()) }
    }
}

/// Each flow several times.
struct Repeated {
    flows: IntoIter<Sent>,
    current: Option<(Sent, u8)>,
    each: u8,
}

impl Repeated {
    fn new(flows: Vec<Sent>, each: u8) -> Self {
        Self { flows: flows.into_iter(), current: None, each }
    }

    fn next(&mut self) -> Option<(&Sent, u8)> {
        self.current = match self.current.take() {
            Some((sent, left)) if left > 0 => Some((sent, left - 1)),
            _ => Some((self.flows.next()?, self.each - 1)),
        };
        self.current.as_ref().map(|(sent, left)| (sent, *left))
    }
}

struct Wrong(Repeated);

impl Script for Wrong {
    fn next(&mut self) -> Option<Request> {
        // Two codes, so that a flow whose code is one of them is met once in half a million.
        self.0.next().map(|(sent, left)| requests::verify(sent, if left == 0 { "271828" } else { "314159" }))
    }

    fn answered(&mut self, status: StatusCode, body: &[u8]) -> Result<(), String> {
        if requests::verified(status, body)? {
            // One in a million is right by chance, and ends its flow.
            self.0.current = None;
        }
        Ok(())
    }
}

struct Resending(Repeated);

impl Script for Resending {
    fn next(&mut self) -> Option<Request> {
        self.0.next().map(|(sent, _)| requests::resend(sent))
    }

    fn answered(&mut self, status: StatusCode, body: &[u8]) -> Result<(), String> {
        requests::sent(status, body).map(drop)
    }
}

struct Validating {
    transactions: IntoIter<Transaction>,
    uuid: fn() -> Uuid,
}

impl Script for Validating {
    fn next(&mut self) -> Option<Request> {
        self.transactions.next().map(|transaction| requests::validate(&transaction, (self.uuid)()))
    }

    fn answered(&mut self, status: StatusCode, body: &[u8]) -> Result<(), String> {
        requests::validated(status, body)
    }
}

struct Mixed {
    parts: [Box<dyn Script>; 5],
    turn: usize,
}

/// Which part's turn it is.
const TURNS: [usize; 10] = [0, 1, 0, 2, 0, 3, 0, 1, 0, 4];

impl Script for Mixed {
    fn next(&mut self) -> Option<Request> {
        self.turn = (self.turn + 1) % TURNS.len();
        self.parts[TURNS[self.turn]].next()
    }

    fn answered(&mut self, status: StatusCode, body: &[u8]) -> Result<(), String> {
        self.parts[TURNS[self.turn]].answered(status, body)
    }
}
