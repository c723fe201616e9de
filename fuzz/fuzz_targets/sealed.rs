//! Values of sealed columns, as somebody may have left them in the file: the first byte chooses.
//!
//! Nothing opens that was not sealed for this place, not with one bit changed; what was sealed does; and errors say neither.

#![no_main]

use countersign_fuzz::domain::keys::{KeyId, KeyRing, ServerKey};
use countersign_fuzz::domain::ports::Random;
use countersign_fuzz::store::seal::{Place, Sealer};
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Nonces that do not repeat.
struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill_with(|| (self.0.fetch_add(1, Ordering::Relaxed) % 251) as u8);
    }
}

static SEALER: LazyLock<Sealer> = LazyLock::new(|| {
    let key = |id: &str, first: u8| {
        let bytes = std::array::from_fn(|n| first.wrapping_add(n as u8));
        ServerKey::from_bytes(KeyId::parse(id).expect("an id"), &bytes).expect("a key")
    };
    let ring = KeyRing::new(vec![key("k2", 100), key("k1", 7)]).expect("a ring");
    Sealer::new(&ring, Arc::new(Counting(AtomicU64::new(0))))
});

const PLACE: Place<'static> = Place { table: "flows", column: "recipients", row: "7" };

fn refused(sealed: &[u8]) {
    let Err(problem) = SEALER.open(&PLACE, sealed) else { panic!("opened: {sealed:?}") };
    let said = problem.to_string();
    assert!(said.contains("flows.recipients") && said.len() < 200 && !said.contains('\n'), "{said:?}");
}

fuzz_target!(|data: &[u8]| {
    let Some((choice, value)) = data.split_first() else { return };
    if choice % 2 == 0 {
        return refused(value);
    }
    let mut sealed = SEALER.seal(&PLACE, value).expect("sealed");
    assert_eq!(**SEALER.open(&PLACE, &sealed).expect("opened"), *value);
    let at = usize::from(*choice) * 7 % sealed.len();
    sealed[at] ^= 1 << (choice % 8);
    refused(&sealed);
});
