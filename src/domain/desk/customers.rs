//! Customers and their addresses.

use super::{Desk, Failure, bounded};
use crate::domain::customer::{self, Action, AddressId, Change, Customer, CustomerId, Erased, Refusal};
use crate::domain::limit::{Meter, Window};
use crate::domain::operator::Order;
use crate::domain::page::{Page, Paging};
use crate::domain::pseudonym::Pseudonym;
use crate::domain::recipient::Address;
use crate::domain::version::{Seen, Versioned};

impl Desk {
    /// Customers, in an order that does not change.
    pub async fn customer_list(&self, paging: Paging) -> Result<Page<Versioned<Customer>>, Failure> {
        let behind = paging.behind.as_deref().map(|text| {
            let problem = || Failure::Malformed { location: "pageToken", problem: "is none of this list".to_owned() };
            Pseudonym::parse(text).ok_or_else(problem)
        });
        let (behind, limit) = (behind.transpose()?, bounded(paging).limit);
        Ok(self.store.customers(behind, limit).await?)
    }

    /// A customer.
    pub async fn customer_view(&self, id: &CustomerId) -> Result<Versioned<Customer>, Failure> {
        self.store.kept_customer(id).await?.ok_or(Failure::NotFound)
    }

    /// Whether too many wrong codes in a row have come from a customer, so that none is taken any more.
    pub async fn customer_locked(&self, id: &CustomerId) -> Result<bool, Failure> {
        let meters = customer::streak(id, &self.rules.limits);
        let windows = self.store.windows(meters.clone()).await?;
        let full = |(meter, window): (&Meter, &Window)| window.wait_secs(meter.rule, self.now()).is_some();
        Ok(meters.iter().zip(&windows).any(full))
    }

    /// Forgets a customer's wrong codes.
    pub async fn customer_unlock(&self, order: Order, id: CustomerId) -> Result<Versioned<Customer>, Failure> {
        Ok(self.store.unlock_customer(order, id, self.rules.limits.clone()).await??)
    }

    /// Writes all of a customer: makes one if none was `seen`, otherwise replaces that version. The addresses must have been
    /// [checked](Customer::check).
    pub async fn customer_put(
        &self,
        order: Order,
        seen: Option<u64>,
        customer: Customer,
    ) -> Result<Versioned<Customer>, Failure> {
        self.change_customer(order, seen, Action::Put(customer)).await?.ok_or(Failure::NotFound)
    }

    /// Removes a customer. Open flows end.
    pub async fn customer_delete(&self, order: Order, seen: Option<u64>, id: CustomerId) -> Result<(), Failure> {
        self.change_customer(order, seen, Action::Delete(id)).await.map(drop)
    }

    /// Erases a customer: nothing that names the customer is left but a pseudonym in the audit trail. Erasing again finds
    /// nothing, and is no error.
    pub async fn customer_erase(&self, order: Order, id: CustomerId) -> Result<Erased, Failure> {
        Ok(self.store.erase_customer(order, id, self.rules.limits.clone()).await?)
    }

    /// Gives a customer one more address, before the others of its kind if it is to be the primary one.
    pub async fn address_add(
        &self,
        order: Order,
        seen: Option<u64>,
        customer: CustomerId,
        address: Address,
        primary: bool,
    ) -> Result<Versioned<Customer>, Failure> {
        let action = Action::AddAddress { customer, address, primary };
        self.change_customer(order, seen, action).await?.ok_or(Failure::NotFound)
    }

    /// Takes an address from a customer. Open flows end.
    pub async fn address_remove(
        &self,
        order: Order,
        seen: Option<u64>,
        customer: CustomerId,
        address: AddressId,
    ) -> Result<Versioned<Customer>, Failure> {
        let action = Action::RemoveAddress { customer, address };
        self.change_customer(order, seen, action).await?.ok_or(Failure::NotFound)
    }

    async fn change_customer(
        &self,
        order: Order,
        seen: Option<u64>,
        action: Action,
    ) -> Result<Option<Versioned<Customer>>, Failure> {
        Ok(self.store.change_customer(Change { order, seen: Seen::from(seen), action }).await??)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unknown | Refusal::NoSuchAddress => Self::NotFound,
            Refusal::Outdated(outdated) => outdated.into(),
            Refusal::AddressTaken | Refusal::AddressesFull | Refusal::NothingToForget => Self::conflict(refusal),
        }
    }
}
