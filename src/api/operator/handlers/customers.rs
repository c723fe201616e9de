//! Customers and their addresses: convert, one call of the desk, convert.

use super::trouble::Trouble;
use super::{BackOffice, flows};
use crate::api::operator::convert::{e_tag, next_page, paging, seen};
use crate::api::operator::generated::*;
use crate::api::operator::types::{self, AddressKind, CustomerAddress, CustomerData, CustomerPage, Timestamp};
use crate::api::runtime::Reject;
use crate::api::scalar::Invalid;
use crate::domain::customer::{AddressId, Customer, CustomerId, Language};
use crate::domain::operator::Operator;
use crate::domain::recipient::{Address, EmailAddress, PhoneNumber};
use crate::domain::version::Versioned;
use std::fmt::Display;

impl BackOffice {
    pub(super) async fn list_customers(&self, call: CustomerListCall<Operator>) -> Result<CustomerListOk, Trouble> {
        let parameters = &call.parameters;
        let page = self.desk.customer_list(paging(parameters.limit, parameters.page_token.as_ref())?).await?;
        let items = page.items.iter().map(shown).collect::<Result<_, _>>()?;
        Ok(CustomerListOk::Status200 {
            body: CustomerPage { items, next_page_token: next_page(page.next.as_deref())? },
        })
    }

    pub(super) async fn view_customer(&self, call: CustomerViewCall<Operator>) -> Result<CustomerViewOk, Trouble> {
        let id = id(&call.parameters.customer_id)?;
        let customer = self.desk.customer_view(&id).await?;
        let locked = Some(self.desk.customer_locked(&id).await?);
        let body = types::Customer { locked, ..shown(&customer)? };
        Ok(CustomerViewOk::Status200 { e_tag: e_tag(customer.version)?, body })
    }

    pub(super) async fn put_customer(&self, call: CustomerPutCall<Operator>) -> Result<CustomerPutOk, Trouble> {
        let customer = customer(&call.parameters.customer_id, &call.body)?;
        let seen = seen(call.parameters.if_match.as_ref());
        let customer = self.desk.customer_put(self.order(&call), seen, customer).await?;
        let (e_tag, body) = (e_tag(customer.version)?, shown(&customer)?);
        Ok(if customer.is_new() {
            CustomerPutOk::Status201 { e_tag, body }
        } else {
            CustomerPutOk::Status200 { e_tag, body }
        })
    }

    pub(super) async fn delete_customer(
        &self,
        call: CustomerDeleteCall<Operator>,
    ) -> Result<CustomerDeleteOk, Trouble> {
        let seen = seen(call.parameters.if_match.as_ref());
        self.desk.customer_delete(self.order(&call), seen, id(&call.parameters.customer_id)?).await?;
        Ok(CustomerDeleteOk::Status204)
    }

    pub(super) async fn unlock_customer(
        &self,
        call: CustomerUnlockCall<Operator>,
    ) -> Result<CustomerUnlockOk, Trouble> {
        let customer = self.desk.customer_unlock(self.order(&call), id(&call.parameters.customer_id)?).await?;
        Ok(CustomerUnlockOk::Status200 { e_tag: e_tag(customer.version)?, body: shown(&customer)? })
    }

    pub(super) async fn erase_customer(&self, call: CustomerEraseCall<Operator>) -> Result<CustomerEraseOk, Trouble> {
        let erased = self.desk.customer_erase(self.order(&call), id(&call.parameters.customer_id)?).await?;
        Ok(CustomerEraseOk::Status200 {
            body: types::ErasedCustomer {
                addresses: erased.addresses.try_into()?,
                flows: erased.flows.try_into()?,
                transactions: erased.transactions.try_into()?,
                sessions: erased.sessions.try_into()?,
                tokens: erased.tokens.try_into()?,
            },
        })
    }

    pub(super) async fn add_address(&self, call: AddressAddCall<Operator>) -> Result<AddressAddOk, Trouble> {
        let customer = id(&call.parameters.customer_id)?;
        let text = call.body.address.as_str();
        let address = match call.body.kind {
            AddressKind::Sms => PhoneNumber::parse(text).map(Address::Phone),
            AddressKind::Email => EmailAddress::parse(text).map(Address::Email),
        };
        let address = address.map_err(|problem| malformed("address", problem))?;
        let (seen, primary) = (seen(call.parameters.if_match.as_ref()), call.body.primary.unwrap_or(false));
        let customer = self.desk.address_add(self.order(&call), seen, customer, address, primary).await?;
        Ok(AddressAddOk::Status201 { e_tag: e_tag(customer.version)?, body: shown(&customer)? })
    }

    pub(super) async fn remove_address(&self, call: AddressRemoveCall<Operator>) -> Result<AddressRemoveOk, Trouble> {
        let customer = id(&call.parameters.customer_id)?;
        let address = AddressId::parse(call.parameters.address_id.as_str());
        let address = address.ok_or_else(|| malformed("addressId", "names no address"))?;
        let seen = seen(call.parameters.if_match.as_ref());
        let customer = self.desk.address_remove(self.order(&call), seen, customer, address).await?;
        Ok(AddressRemoveOk::Status200 { e_tag: e_tag(customer.version)?, body: shown(&customer)? })
    }
}

fn malformed(location: impl Into<String>, problem: impl Display) -> Reject {
    Reject::malformed(location, problem.to_string())
}

/// A customer number, wherever it stands in a call.
pub(super) fn id(id: &types::CustomerId) -> Result<CustomerId, Reject> {
    CustomerId::parse(id.as_str()).map_err(|problem| malformed("customerId", problem))
}

fn customer(number: &types::CustomerId, data: &CustomerData) -> Result<Customer, Reject> {
    let phones = data.phones.as_slice().iter().enumerate().map(|(n, text)| {
        PhoneNumber::parse(text.as_str()).map_err(|problem| malformed(format!("phones[{n}]"), problem))
    });
    let emails = data.emails.as_slice().iter().enumerate().map(|(n, text)| {
        EmailAddress::parse(text.as_str()).map_err(|problem| malformed(format!("emails[{n}]"), problem))
    });
    let customer = Customer {
        id: id(number)?,
        language: match data.language {
            types::Language::Es => Language::Es,
            types::Language::En => Language::En,
        },
        phones: phones.collect::<Result<_, _>>()?,
        emails: emails.collect::<Result<_, _>>()?,
    };
    customer.check().map_err(|error| malformed(error.field(), error))?;
    Ok(customer)
}

fn shown(kept: &Versioned<Customer>) -> Result<types::Customer, Invalid> {
    let addresses = kept.it.addresses().map(|(id, address)| {
        Ok(CustomerAddress {
            address_id: id.to_string().parse()?,
            kind: flows::kind(id.channel),
            masked: address.masked().parse()?,
        })
    });
    Ok(types::Customer {
        customer_id: kept.it.id.as_str().parse()?,
        language: match kept.it.language {
            Language::Es => types::Language::Es,
            Language::En => types::Language::En,
        },
        addresses: addresses.collect::<Result<_, Invalid>>()?,
        locked: None,
        version: kept.version.try_into()?,
        updated_at: Timestamp(kept.updated_at),
    })
}
