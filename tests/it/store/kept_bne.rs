//! What is kept of tokens and transactions, on either engine: nothing secret in clear, damage named by its place, the keys.

use crate::support::bne::*;
use crate::support::domain::key_ring;
use crate::support::office::reseal;
use crate::support::shop::Shop;
use countersign::domain::limit::Limits;
use countersign::domain::ports::{StoreError, TokenStore, TokensAdded, TransactionStore};
use countersign::domain::token::{self, Token};
use countersign::domain::transaction::*;
use countersign::store::{OpenError, Store};
use std::sync::Arc;

fn open(shop: &Shop, clerk: &Clerk) -> Store {
    shop.open_with(&clerk.rules.keys, clerk.now).unwrap()
}

async fn import(store: &Store, tokens: impl IntoIterator<Item = Token>) -> TokensAdded {
    let order = Clerk::new(bne_rules(|_| {})).order();
    store.add_tokens(order, tokens.into_iter().collect()).await.unwrap().unwrap()
}

#[tokio::test]
async fn nothing_secret_is_on_disk_in_clear() {
    let shop = Shop::new();
    let clerk = Clerk::new(bne_rules(|_| {}));
    let store = open(&shop, &clerk);
    let token = clerk.hugos(ocra_device("OCRA-1:HOTP-SHA256-8:QN08-PSHA1"));
    assert_eq!(import(&store, [token.clone()]).await, TokensAdded { added: 1, unchanged: 0 });
    let transaction = opened(store.transact(clerk.open(payment("987654321.5", "Hugo Sosa"))).await.unwrap());
    let right = clerk.answer(&token, &transaction);
    assert_eq!(failed(store.transact(clerk.validate(&transaction, &wrong(&right))).await.unwrap()), Reason::WrongCode);
    assert!(is_validated(&store.transact(clerk.validate(&transaction, &right)).await.unwrap()));
    let token::Device::Ocra(ocra) = &token.device else { unreachable!() };
    // Sealed as JSON, so a seed in clear would be a list of numbers.
    let list = |bytes: &[u8]| serde_json::to_vec(bytes).unwrap();
    let salt = *transaction.challenge.as_ref().unwrap().salt.unwrap().as_bytes();
    let secrets = [
        ("seed", token.seed.expose().to_vec()),
        ("seed, as JSON", list(token.seed.expose())),
        ("PIN hash", ocra.pin().unwrap().expose().to_vec()),
        ("PIN hash, as JSON", list(ocra.pin().unwrap().expose())),
        ("right code", right.clone().into_bytes()),
        ("wrong code", wrong(&right).into_bytes()),
        ("customer number", b"123456789012".to_vec()),
        ("session", SID.as_bytes().to_vec()),
        ("amount", b"987654321.5".to_vec()),
        ("payee", b"Hugo Sosa".to_vec()),
        ("account", b"0218000118359719".to_vec()),
        ("salt", salt.to_vec()),
    ];
    let on_disk = |bytes: &[u8]| shop.bytes().windows(bytes.len()).any(|window| window == bytes);
    assert!(on_disk(token.serial.as_str().as_bytes()) && on_disk(b"anna"), "the search itself works");
    for (name, bytes) in &secrets {
        assert!(!on_disk(bytes), "{name} is in the data");
    }
    drop(store);
    for (name, bytes) in &secrets {
        assert!(!on_disk(bytes), "{name} is in the data, closed");
    }
}

#[tokio::test]
async fn a_seed_moved_to_another_token_does_not_open() {
    let shop = Shop::new();
    let clerk = Clerk::new(bne_rules(|_| {}));
    let store = open(&shop, &clerk);
    let (one, two) = (clerk.token(hotp_device()), clerk.token(hotp_device()));
    import(&store, [one.clone(), two.clone()]).await;
    let sql = "update tokens set secret = (select secret from tokens where id = ?1) where id = ?2";
    shop.rows().change(sql, &[two.id.as_bytes(), one.id.as_bytes()]);
    let StoreError::Corrupt { table, column, row, problem } = store.token(one.id).await.unwrap_err() else { panic!() };
    assert_eq!((table, column, row), ("tokens", "secret", one.id.to_string()));
    assert!(problem.contains("does not authenticate"), "{problem}");
}

#[tokio::test]
async fn bad_data_is_named_by_table_column_and_row() {
    let shop = Shop::new();
    let clerk = Clerk::new(bne_rules(|_| {}));
    let store = open(&shop, &clerk);
    let token = clerk.hugos(ocra_device(PLAIN_SUITE));
    import(&store, [token.clone()]).await;
    let transaction = opened(store.transact(clerk.open(payment("10", "ACME"))).await.unwrap());
    // In the opposite order of reading, so that each is met before those of before.
    for (damaged, of, sql) in [
        ("failed_attempts", "transactions", "update transactions set failed_attempts = 256"),
        ("device", "transactions", "update transactions set device = 'abacus'"),
        ("customer", "transactions", "update transactions set customer = zeroblob(16)"),
        ("details", "transactions", "update transactions set details = zeroblob(1)"),
        ("failures", "tokens", "update tokens set failures = -1"),
        ("assigned_at_ms", "tokens", "update tokens set assigned_at_ms = null"),
        ("suite", "tokens", "update tokens set suite = 'OCRA-2'"),
        ("secret", "tokens", "update tokens set secret = zeroblob(1)"),
    ] {
        shop.rows().run(sql);
        let error = match of {
            "tokens" => store.token(token.id).await.unwrap_err(),
            _ => store.transaction(transaction.id, clerk.now).await.unwrap_err(),
        };
        let StoreError::Corrupt { table, column, row, .. } = &error else { panic!("{damaged}: {error:?}") };
        let key = if of == "tokens" { token.id.to_string() } else { transaction.id.to_string() };
        assert_eq!((*table, *column, row), (of, damaged, &key));
        assert!(!error.to_string().contains("abacus"), "{error}");
    }
}

// Keys.

#[tokio::test]
async fn keys_that_seeds_or_open_sessions_need_are_asked_for_and_seeds_can_be_moved() {
    let shop = Shop::new();
    let mut clerk = Clerk::new(bne_rules(|_| {}));
    let with = |ids: &[&str]| {
        Arc::new(Rules { keys: Arc::new(key_ring(ids)), policy: Policy::default(), limits: Limits::none() })
    };
    let store = open(&shop, &clerk);
    let tokens: Vec<_> = (0..3).map(|_| clerk.token(hotp_device())).collect();
    let used = clerk.hugos(hotp_device());
    import(&store, tokens.iter().cloned().chain([used.clone()])).await;
    let transaction = opened(store.transact(clerk.open(Subject::Login)).await.unwrap());
    drop(store);
    let needs_k1 = |clerk: &Clerk| match shop.open_with(&key_ring(&["k2"]), clerk.now) {
        Err(OpenError::MissingKeys { ids, .. }) => ids == "k1",
        Err(other) => panic!("{other}"),
        Ok(_) => false,
    };
    assert!(needs_k1(&clerk));
    clerk.rules = with(&["k2", "k1"]);
    let store = open(&shop, &clerk);
    // A token that is used moves by itself.
    let code = clerk.answer(&used, &transaction);
    assert!(is_validated(&store.transact(clerk.validate(&transaction, &code)).await.unwrap()));
    // The three others, and the transaction.
    assert_eq!(reseal(&store).await, (4, 0));
    assert_eq!(reseal(&store).await, (0, 0));
    drop(store);
    // The session's hash needs the old key for as long as the transaction lives.
    assert!(needs_k1(&clerk));
    clerk.now = transaction.expires_at;
    clerk.rules = with(&["k2"]);
    let store = open(&shop, &clerk);
    for token in &tokens {
        assert_eq!(store.token(token.id).await.unwrap().unwrap().seed.expose(), token.seed.expose());
    }
}
