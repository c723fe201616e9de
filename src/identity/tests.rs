use super::*;
use futures::future::join_all;
use serde_json::json;
use std::sync::Mutex;
use tokio::task::JoinHandle;

/// RFC 7517 appendix A.1, the elliptic curve key, under these names.
fn set(kids: &[&str]) -> String {
    let key = |kid: &&str| {
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "kid": kid,
            "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
        })
    };
    json!({ "keys": kids.iter().map(key).collect::<Vec<_>>() }).to_string()
}

/// Answers as told, after a while.
#[derive(Debug)]
struct Provider {
    answer: Mutex<Result<Fetched, FetchError>>,
    takes: Mutex<Duration>,
    asked: Mutex<Vec<Instant>>,
}

#[derive(Debug)]
struct Asking(Arc<Provider>);

#[async_trait]
impl Fetch for Asking {
    async fn fetch(&self) -> Result<Fetched, FetchError> {
        let Provider { answer, takes, asked } = &*self.0;
        asked.lock().unwrap().push(Instant::now());
        // What it says is what was so when it was asked.
        let (answer, takes) = (answer.lock().unwrap().clone(), *takes.lock().unwrap());
        tokio::time::sleep(takes).await;
        answer
    }
}

impl Provider {
    fn says(&self, text: &str, max_age: Option<u64>) {
        let max_age = max_age.map(Duration::from_secs);
        *self.answer.lock().unwrap() = Ok(Fetched { text: text.to_owned(), max_age });
    }

    fn is_down(&self) {
        let problem = "it is down".to_owned();
        *self.answer.lock().unwrap() = Err(FetchError { outcome: "unreachable", problem });
    }

    fn takes(&self, millis: u64) {
        *self.takes.lock().unwrap() = Duration::from_millis(millis);
    }

    fn fetches(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    /// Whole seconds between fetches.
    fn gaps(&self) -> Vec<u64> {
        self.asked.lock().unwrap().windows(2).map(|two| (two[1] - two[0]).as_secs()).collect()
    }
}

struct TestClock;

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_timestamp(1_800_000_000, 0).unwrap()
    }
}

#[derive(Default)]
struct Seen(Mutex<Vec<&'static str>>);

impl Observer for Seen {
    fn fetched(&self, issuer: &str, outcome: &'static str) {
        assert_eq!(issuer, "https://id.bank.example");
        self.0.lock().unwrap().push(outcome);
    }
    fn renewed(&self, _: &str, at: Timestamp, keys: usize) {
        assert!(at == TestClock.now() && keys > 0);
    }
}

struct World {
    provider: Arc<Provider>,
    keys: Arc<RemoteKeys>,
    seen: Arc<Seen>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl World {
    /// Keys whose provider says this, fetched.
    async fn with(pace: Pace, says: &str, max_age: Option<u64>) -> Self {
        let world = Self::down(pace, |provider| provider.says(says, max_age));
        pass(0.1).await;
        world
    }

    fn down(pace: Pace, first: impl FnOnce(&Provider)) -> Self {
        let answer = Err(FetchError { outcome: "unreachable", problem: "nobody there".into() });
        let provider =
            Arc::new(Provider { answer: Mutex::new(answer), takes: Mutex::default(), asked: Mutex::default() });
        first(&provider);
        let fetch = Box::new(Asking(provider.clone()));
        let keys = Arc::new(RemoteKeys::new("https://id.bank.example", vec![Algorithm::ES256], pace, fetch));
        let (seen, stop) = (Arc::new(Seen::default()), CancellationToken::new());
        let log = Logger::root(slog::Discard, o!());
        let task = tokio::spawn(keys.clone().run(Arc::new(TestClock), seen.clone(), log, stop.clone()));
        Self { provider, keys, seen, stop, task }
    }

    fn ids(&self) -> Vec<String> {
        self.keys.keys().map_or_else(Vec::new, |keys| keys.ids().map(str::to_owned).collect())
    }

    /// Asks for a key; whether it is there then, and how many milliseconds that took.
    async fn find(&self, kid: &str) -> (bool, u128) {
        let asked = Instant::now();
        let keys = self.keys.renewed(Some(kid)).await;
        (keys.is_some_and(|keys| keys.has(Some(kid))), asked.elapsed().as_millis())
    }
}

async fn pass(seconds: f64) {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn keys_are_fetched_at_the_start_and_again_as_the_answer_says_within_bounds() {
    let world = World::with(Pace::default(), &set(&["a"]), Some(120)).await;
    assert_eq!((world.ids(), world.keys.were_had()), (vec!["a".to_owned()], true));
    world.provider.says(&set(&["a", "b"]), Some(5));
    pass(120.0).await;
    assert_eq!(world.ids(), ["a", "b"]);
    world.provider.says(&set(&["b"]), None);
    pass(60.0).await;
    assert_eq!(world.ids(), ["b"]);
    world.provider.says(&set(&["b"]), Some(1_000_000));
    pass(1800.0).await;
    assert_eq!(world.provider.gaps(), [120, 60, 900, 900]);
    assert_eq!(*world.seen.0.lock().unwrap(), ["changed", "changed", "changed", "unchanged", "unchanged"]);
}

#[tokio::test(start_paused = true)]
async fn all_who_ask_for_a_key_that_is_not_there_wait_for_one_fetch() {
    let world = World::with(Pace::default(), &set(&["a"]), None).await;
    pass(10.0).await;
    world.provider.says(&set(&["a", "b"]), None);
    world.provider.takes(300);
    let found = join_all((0..1000).map(|_| world.find("b"))).await;
    assert!(found.iter().all(|found| *found == (true, 300)), "{:?}", found[0]);
    assert_eq!(world.provider.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_asks_while_an_older_answer_is_on_its_way_gets_the_next_one() {
    let world = World::with(Pace::default(), &set(&["a"]), Some(60)).await;
    world.provider.takes(1000);
    pass(60.0).await; // a fetch is under way, and its answer is made
    world.provider.says(&set(&["a", "b"]), None);
    let (found, took) = world.find("b").await;
    assert!(found && (2800..=3000).contains(&took), "{took}");
    assert_eq!(world.provider.gaps(), [60, 2]);
}

#[tokio::test(start_paused = true)]
async fn made_up_key_names_are_no_burden_to_the_service() {
    let world = World::with(Pace::default(), &set(&["a"]), None).await;
    for n in 0..200 {
        world.find(&format!("made up {n}")).await;
        pass(0.1).await;
    }
    assert!(world.provider.gaps().iter().all(|gap| *gap >= 2), "{:?}", world.provider.gaps());
    // Nor do they keep a good key from being found.
    world.provider.says(&set(&["b"]), None);
    let (found, took) = world.find("b").await;
    assert!(found && took <= 2000, "{took}");
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_fetch_that_is_too_far_away() {
    let pace = Pace { pause: Duration::from_secs(30), ..Pace::default() };
    let world = World::with(pace, &set(&["a"]), None).await;
    world.provider.says(&set(&["b"]), None);
    assert_eq!(world.find("b").await, (false, 0));
    // It has been noted that somebody asked.
    pass(30.0).await;
    assert_eq!(world.ids(), ["b"]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_service_keeps_callers_waiting_for_so_long_and_no_longer() {
    let world = World::with(Pace::default(), &set(&["a"]), None).await;
    pass(10.0).await;
    world.provider.says(&set(&["b"]), None);
    world.provider.takes(9000);
    assert_eq!(world.find("b").await, (false, WAIT_MAX.as_millis()));
    assert_eq!(world.find("a").await, (true, 0), "whoever names a known key waits for nothing");
    pass(4.5).await;
    assert_eq!(world.ids(), ["b"]);
}

#[tokio::test(start_paused = true)]
async fn so_many_wait_and_the_others_are_answered_at_once() {
    let world = World::with(Pace::default(), &set(&["a"]), None).await;
    pass(10.0).await;
    world.provider.takes(1000);
    let found = join_all((0..WAITING_MAX + 10).map(|_| world.find("b"))).await;
    assert_eq!(found.iter().filter(|found| **found == (false, 0)).count(), 10);
    assert_eq!(found.iter().filter(|found| **found == (false, 1000)).count(), WAITING_MAX);
    world.provider.says(&set(&["b"]), None);
    assert!(world.find("b").await.0, "those who waited have made room");
}

#[tokio::test(start_paused = true)]
async fn keys_stay_while_the_service_is_down_but_not_for_ever() {
    let pace = Pace { stale_max: Duration::from_secs(3600), ..Pace::default() };
    let world = World::with(pace, &set(&["a"]), Some(60)).await;
    world.provider.is_down();
    pass(3590.0).await;
    assert_eq!(world.ids(), ["a"]);
    assert_eq!(world.provider.gaps()[..7], [60, 2, 4, 8, 16, 32, 60]);
    pass(20.0).await;
    assert!(world.ids().is_empty() && world.keys.were_had());
    assert!(!world.find("a").await.0);
    world.provider.says(&set(&["a"]), Some(60));
    pass(61.0).await;
    assert_eq!(world.ids(), ["a"], "they are good again, though they have not changed");
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_down_at_the_start_is_tried_until_it_is_there() {
    let world = World::down(Pace::default(), |_| ());
    pass(100.0).await;
    assert!(world.ids().is_empty() && !world.keys.were_had());
    assert_eq!(world.provider.gaps()[..5], [2, 4, 8, 16, 32]);
    world.provider.says(&set(&["a"]), None);
    let (found, took) = world.find("a").await;
    assert!(found && took <= 2000, "{took}");
    assert!(world.keys.were_had());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_no_key_set_for_us_changes_nothing() {
    let world = World::with(Pace::default(), &set(&["a"]), Some(60)).await;
    let oct = json!({ "keys": [{ "kty": "oct", "kid": "a", "k": "c2VjcmV0" }] }).to_string();
    let many =
        set(&(0..65).map(|n| format!("k{n}")).collect::<Vec<_>>().iter().map(String::as_str).collect::<Vec<_>>());
    let bad = ["", "<html>", "{}", "[]", "{\"keys\":[]}", &oct, &many, &set(&["a"])[..100]];
    for text in bad {
        world.provider.says(text, Some(60));
        pass(60.0).await;
        assert_eq!(world.ids(), ["a"], "{text}");
    }
    let seen = world.seen.0.lock().unwrap().clone();
    assert!(seen.len() > bad.len() && seen[1..].iter().all(|outcome| *outcome == "refused"), "{seen:?}");
    // One secret key among others is no key, and does not keep us from the others.
    world.provider.says(&set(&["a", "b"]).replace("]}", ",{\"kty\":\"oct\",\"kid\":\"c\",\"k\":\"c2VjcmV0\"}]}"), None);
    pass(60.0).await;
    assert_eq!(world.ids(), ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_the_fetching_and_the_waiting() {
    let world = World::with(Pace::default(), &set(&["a"]), None).await;
    pass(10.0).await;
    world.provider.takes(60_000);
    let (waited, ()) = tokio::join!(world.find("b"), async {
        pass(1.0).await;
        world.stop.cancel();
    });
    assert_eq!(waited, (false, 1000));
    world.task.await.unwrap();
    assert_eq!(world.keys.renewed(Some("b")).await.map(|keys| keys.has(Some("a"))), Some(true));
}
