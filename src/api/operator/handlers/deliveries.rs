//! Deliveries: convert, one call of the desk, convert.

use super::trouble::Trouble;
use super::{BackOffice, flows};
use crate::api::operator::convert::{next_page, paging};
use crate::api::operator::generated::*;
use crate::api::operator::types::{self, DeliveryPage, DeliveryStatus, Timestamp};
use crate::api::scalar::Invalid;
use crate::domain::delivery::{Delivery, Filter, Status};
use crate::domain::operator::Operator;

impl BackOffice {
    pub(super) async fn list_deliveries(&self, call: DeliveryListCall<Operator>) -> Result<DeliveryListOk, Trouble> {
        let parameters = &call.parameters;
        let filter = Filter {
            flow: parameters.flow_id.as_ref().map(flows::id).transpose()?,
            status: parameters.status.map(|status| match status {
                DeliveryStatus::Pending => Status::Pending,
                DeliveryStatus::Accepted => Status::Accepted,
                DeliveryStatus::Refused => Status::Refused,
            }),
        };
        let page = self.desk.delivery_list(filter, paging(parameters.limit, parameters.page_token.as_ref())?).await?;
        let items = page.items.iter().map(shown).collect::<Result<_, _>>()?;
        let next_page_token = next_page(page.next.as_deref())?;
        Ok(DeliveryListOk::Status200 { body: DeliveryPage { items, next_page_token } })
    }
}

fn shown(delivery: &Delivery) -> Result<types::Delivery, Invalid> {
    Ok(types::Delivery {
        send_id: delivery.send.to_string().parse()?,
        flow_id: delivery.flow.to_string().parse()?,
        purpose: flows::purpose(delivery.purpose),
        channels: delivery.channels.iter().flatten().map(|channel| flows::kind(*channel)).collect(),
        status: match delivery.status {
            Status::Pending => DeliveryStatus::Pending,
            Status::Accepted => DeliveryStatus::Accepted,
            Status::Refused => DeliveryStatus::Refused,
        },
        created_at: Timestamp(delivery.created_at),
        settled_at: delivery.settled_at.map(Timestamp),
    })
}
