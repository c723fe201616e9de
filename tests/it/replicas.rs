//! Several servers on one database: they are one server to whoever calls, also when some of them, or the database server, are
//! killed.
//!
//! Every call of a test goes to another replica than the one before it, as behind a balancer that knows no sessions.

mod cut;
mod failover;
mod keys;
pub(crate) mod kill;
mod outbox;
mod reach;
mod upgrade;

use crate::attacks::kill::flows::ATTEMPTS;
use crate::attacks::kill::tokens::Holder;
use crate::attacks::kill::whole;
use crate::support::attack::{Luck, at_once, dose};
use crate::support::bank::{Bank, Line, Process, REQUEST};
use crate::support::postgres::Cluster;
use futures::future::join_all;
use http::Method;
use serde_json::{Value, json};

impl Bank {
    /// So many servers on the bank's database, which start at once.
    fn replicas(&self, count: usize) -> Vec<Process> {
        std::thread::scope(|scope| {
            let starting: Vec<_> = (0..count).map(|_| scope.spawn(|| self.start())).collect();
            starting.into_iter().map(|starting| starting.join().unwrap()).collect()
        })
    }
}

/// A flow whose code was sent.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) service_key: String,
    security_key: String,
    pub(crate) code: String,
}

/// The first step of a flow: its service key, and what stands for its phone.
async fn started(line: &Line, phone: &str) -> (String, String) {
    let (status, begun) = line.dbx(REQUEST, &json!({ "Phone": phone })).await.unwrap();
    let text = |pointer| begun.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let [key, reference] =
        ["/MFAAttributes/serviceKey", "/MFAAttributes/customerCommunication/phone/0/referenceId"].map(text);
    key.zip(reference).unwrap_or_else(|| panic!("{status}: {begun}"))
}

pub(crate) async fn sent(bank: &Bank, line: &Line, phone: &str) -> Sent {
    let (service_key, reference) = started(line, phone).await;
    let (status, answer) = line.send_code(&service_key, &reference).await.unwrap();
    let security_key = answer["MFAAttributes"]["securityKey"].as_str().unwrap_or_else(|| panic!("{status}: {answer}"));
    Sent { service_key, security_key: security_key.to_owned(), code: bank.gateway.code_to_come(phone).await }
}

impl Sent {
    pub(crate) async fn verify(&self, line: &Line, code: &str) -> Value {
        let (status, answer) = line.verify(&self.service_key, &self.security_key, code).await.unwrap();
        assert_eq!(status, 200, "{answer}");
        answer
    }
}

fn verified(answers: &[Value]) -> usize {
    answers.iter().filter(|answer| answer["isOtpVerified"] == "true").count()
}

fn with_code(answers: &[Value], code: &str) -> usize {
    answers.iter().filter(|answer| answer["dbpErrCode"] == code).count()
}

/// One call for each of these, all under way at once. What belongs to one index is together in the answer.
async fn all_at_once<T, F: Future<Output = T>>(each: usize, times: usize, call: impl Fn(usize) -> F) -> Vec<Vec<T>> {
    let calls = (0..each * times).map(|n| {
        let call = call(n % each);
        async move { (n % each, call.await) }
    });
    let mut answers: Vec<Vec<T>> = (0..each).map(|_| Vec::new()).collect();
    for (index, answer) in at_once(calls.collect::<Vec<_>>()).await {
        answers[index].push(answer);
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_that_reaches_every_replica_at_once_is_taken_once() {
    let Some(database) = Cluster::shared().map(Cluster::database) else { return };
    let (luck, bank) = (Luck::of("replicas"), Bank::on_a_server(&database.url()).await);
    let processes = bank.replicas(3);
    Line::new(&bank, &processes[0]).register().await;
    for count in [2, 3] {
        let line = Line::over(&bank, &processes[..count]);
        let flows = (0..dose(12, 200)).map(|n| format!("+346{count}0{n:06}"));
        let flows = join_all(flows.map(async |phone| sent(&bank, &line, &phone).await).collect::<Vec<_>>()).await;
        let tries = all_at_once(flows.len(), 2 * count, |n| flows[n].verify(&line, &flows[n].code));
        for answers in tries.await {
            assert_eq!((verified(&answers), with_code(&answers, "10502")), (1, 2 * count - 1), "{answers:?}");
        }

        let mut holder = Holder::enrol(&bank, &line, count as u64, luck.part()).await;
        for round in 0..dose(5, 50) {
            let (transaction, code) = (holder.retrieve(&line).await.unwrap(), holder.code(round as u64));
            let tries = all_at_once(1, 3 * count, |_| holder.validate(&line, &transaction, &code)).await;
            let taken = tries[0].iter().filter(|status| **status == Some(204)).count();
            let refused = tries[0].iter().filter(|status| matches!(status, Some(404 | 422))).count();
            assert_eq!((taken, refused), (1, 3 * count - 1), "{tries:?}");
        }
        let next = dose(5, 50) as u64;
        holder.stands_at(next);
        holder.holds(&line).await;
    }
    whole(&bank);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn limits_hold_for_all_replicas_together() {
    let Some(database) = Cluster::shared().map(Cluster::database) else { return };
    let (luck, bank) = (Luck::of("limits of replicas"), Bank::on_a_server(&database.url()).await);
    // One phone may be guessed at so often in a day, over all its flows.
    const FAILURES: u64 = 4;
    bank.change("destination_per_day = 0", &format!("destination_per_day = {FAILURES}"));
    let processes = bank.replicas(3);
    let line = Line::over(&bank, &processes);

    // Wrong codes of a flow.
    let flows = (0..dose(8, 100)).map(|n| format!("+34630{n:06}"));
    let flows = join_all(flows.map(async |phone| sent(&bank, &line, &phone).await).collect::<Vec<_>>()).await;
    let guess = |flow: &Sent| luck.guess(6, std::slice::from_ref(&flow.code));
    let tries = all_at_once(flows.len(), 9, |n| {
        let (flow, line, guess) = (&flows[n], &line, guess(&flows[n]));
        async move { flow.verify(line, &guess).await }
    });
    for (flow, answers) in flows.iter().zip(tries.await) {
        assert_eq!((with_code(&answers, "10517"), with_code(&answers, "10519")), (3, 6), "{answers:?}");
        let key = json!({ "serviceKey": flow.service_key });
        let (_, seen) = line.office(Method::POST, "/flows/view", &[], Some(&key)).await.unwrap();
        assert_eq!((&seen["failedAttempts"], &seen["state"]), (&json!(ATTEMPTS), &json!("locked")), "{seen}");
        assert_eq!(with_code(&[flow.verify(&line, &flow.code).await], "10519"), 1);
    }

    // Wrong codes of a phone in a day: a window.
    let phone = "+34631000000";
    let flows = join_all((0..4).map(|_| sent(&bank, &line, phone))).await;
    let tries = all_at_once(flows.len(), 3, |n| {
        let (flow, line, guess) = (&flows[n], &line, "000000".to_owned());
        async move { flow.verify(line, &guess).await }
    });
    let answers: Vec<_> = tries.await.into_iter().flatten().collect();
    let wrong = with_code(&answers, "10517") as u64;
    assert_eq!((wrong, with_code(&answers, "10519")), (FAILURES, 12 - FAILURES as usize), "{answers:?}");

    // Codes for a phone in a day: a count.
    let phone = "+34632000000";
    let flows = join_all((0..24).map(|_| started(&line, phone))).await;
    let sends = join_all(flows.iter().map(|(key, reference)| line.send_code(key, reference))).await;
    let sends: Vec<_> = sends.into_iter().map(|answer| answer.unwrap().1).collect();
    let granted = sends.iter().filter(|answer| answer["MFAAttributes"]["securityKey"].is_string()).count();
    assert_eq!((granted, with_code(&sends, "10509")), (10, 14), "{sends:?}");
    whole(&bank);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn keys_are_rotated_by_one_replica_while_the_others_serve() {
    let Some(database) = Cluster::shared().map(Cluster::database) else { return };
    let bank = Bank::on_a_server(&database.url()).await;
    let first = bank.start();
    let line = Line::new(&bank, &first);
    let tokens = |from: usize| {
        let token = |n| json!({ "serial": format!("HT-{n}"), "kind": "HOTP", "seed": format!("{n:040x}") });
        (from..from + 1000).map(token).collect::<Vec<_>>()
    };
    let once = [("Idempotency-Key", "import-0000000000")];
    let (_, import) = line.office(Method::POST, "/imports", &once, Some(&json!({}))).await.unwrap();
    let path = format!("/imports/{}", import["importId"].as_str().unwrap());
    for batch in 0..3 {
        let body = json!({ "firstEntry": batch * 1000, "tokens": tokens(batch * 1000) });
        let added = line.office(Method::POST, &format!("{path}/tokens"), &[], Some(&body)).await.unwrap();
        assert_eq!(added.0, 200, "{}", added.1);
    }
    assert_eq!(line.office(Method::POST, &format!("{path}/commit"), &[], None).await.unwrap().0, 200);
    let before = sent(&bank, &line, "+34640999999").await;
    first.stop();

    bank.puts_a_new_key_in_front();
    let processes = bank.replicas(3);
    let (one, others) = (Line::new(&bank, &processes[0]), Line::over(&bank, &processes[1..]));
    let keys = async |line: &Line| line.office(Method::GET, "/keys", &[], None).await.unwrap().1["items"].clone();
    let begun = one.office(Method::POST, "/keys/rotate", &[], Some(&json!({ "keyId": "new" }))).await.unwrap();
    assert_eq!((begun.0, &begun.1["rotation"]["state"]), (200, &json!("running")), "{}", begun.1);
    let mut served = 0;
    let all = loop {
        let flow = sent(&bank, &others, &format!("+34640{served:06}")).await;
        assert_eq!(verified(&[flow.verify(&others, &flow.code).await]), 1);
        served += 1;
        let all = keys(&others).await;
        if all[0]["rotation"]["state"] == "done" {
            break all;
        }
    };
    assert!(served > 1, "nobody was served meanwhile");
    assert_eq!(all[1]["sealedRows"], 0, "{all}");
    assert_eq!(all, keys(&one).await);
    assert_eq!(verified(&[before.verify(&others, &before.code).await]), 1);
    let trail = others.office(Method::GET, "/audit?action=key_rotate", &[], None).await.unwrap().1;
    let outcomes: Vec<_> = trail["items"].as_array().unwrap().iter().map(|entry| &entry["outcome"]).collect();
    assert_eq!(outcomes, ["begun", "done"]);
    whole(&bank);
}
