//! Erasing a customer.
//!
//! 1. One step removes every row that names the customer, takes the tokens back, writes the entry of the audit trail and
//!    destroys the customer's audit key, so that the entries that are left say a pseudonym only. Deleted rows are
//!    overwritten (`secure_delete`). Windows of limits stay until they are over, or an erasure would be a refund of guesses. Only
//!    that of wrong codes in a row goes: it is never over, and whoever may erase may also forget it with `customer_unlock`.
//! 2. The write-ahead log still has the rows as they were. It is moved into the main file and cut to nothing.

use super::writing::Writing;
use super::{Store, audit, token, unavailable};
use crate::domain::customer::{CustomerId, Erased, erased, streak, taken_back};
use crate::domain::desk::ports::EraseDesk;
use crate::domain::limit::{Limits, Window};
use crate::domain::operator::Order;
use crate::domain::ports::StoreError;
use crate::domain::pseudonym::IndexKey;
use crate::store::seal::Sealer;
use async_trait::async_trait;
use std::sync::atomic::Ordering::Relaxed;

/// How often the log is tried to be cut: more often than in a round of forgetting, for somebody waits for the answer.
const ERASE_TRIES: u32 = 8;

/// Removes everything of a customer; runs inside the writer's transaction. Erasing again finds nothing, and is no error.
fn erase(
    connection: &Writing<'_>,
    sealer: &Sealer,
    index: &IndexKey,
    order: &Order,
    id: &CustomerId,
    limits: &Limits,
) -> Result<Erased, StoreError> {
    let customer = sealer.customer(id)?;
    let delete = |sql: &str| -> Result<u64, StoreError> {
        Ok(connection.prepare_cached(sql)?.execute([customer.as_bytes()])? as u64)
    };
    let tokens = token::of_customer(connection, sealer, customer)?;
    for token in &tokens {
        token::update(connection, sealer, &taken_back(order, token.clone()))?;
    }
    // Before the flows that they are of: not every engine would let them go with these.
    delete("delete from outbox where flow_id in (select id from flows where customer = ?)")?;
    let report = Erased {
        flows: delete("delete from flows where customer = ?")?,
        transactions: delete("delete from transactions where customer = ?")?,
        sessions: delete("delete from sessions where customer = ?")?,
        addresses: delete("delete from customer_addresses where customer = ?")?,
        tokens: tokens.len() as u64,
    };
    delete("delete from customers where customer = ?")?;
    let forgotten: Vec<_> = streak(id, limits).into_iter().map(|meter| (meter, Window::default())).collect();
    connection.windows().write(index, &forgotten);
    audit::append(connection, &erased(order, id, &report))?;
    audit::forget_customer(connection, customer)?;
    Ok(report)
}

#[async_trait]
impl EraseDesk for Store {
    async fn erase_customer(&self, order: Order, id: CustomerId, limits: Limits) -> Result<Erased, StoreError> {
        let (sealer, index, order) = (self.sealer.clone(), self.index.clone(), super::row::whole(order));
        let erase = move |connection: &Writing<'_>| erase(connection, &sealer, &index, &order, &id, &limits);
        let report = self.writer.run(erase).await?;
        self.deletions.fetch_add(1, Relaxed);
        if !self.cut_log(ERASE_TRIES).await? {
            return Err(unavailable(
                "the customer is erased, but somebody reads the log that has the rows as they were: try again",
            ));
        }
        Ok(report)
    }
}
