//! What people were answered, against the log.

use super::{Law, Model};
use crate::asrun::row::Row;
use crate::control::request::Answer;
use crate::terms::*;

impl Model<'_> {
    /// An order that was carried out stands in the log once, unless its row was lost with the power: the row is handed over before the
    /// answer is given, and whoever asked is told whether it is on the disk.
    pub(super) fn check_orders(&mut self) {
        let record = self.record;
        let mut broken = Vec::new();
        for order in record.orders.iter().filter(|order| !matches!(order.answer, None | Some(Answer::Refused(_)))) {
            let said = format!("\"id\":\"{}\"", order.id);
            let is_its = |row: &&Row| row.kind == Kind::Order && row.detail.as_ref().is_some_and(|detail| detail.contains(&said));
            let rows = record.rows.iter().filter(is_its).count();
            if rows > 1 || (rows == 0 && !record.may_be_lost(order.at, order.answered)) {
                broken.push((order.at, format!("{:?} was answered {:?}, and has {rows} rows", order.order, order.answer)));
            }
        }
        for (at, what) in broken {
            self.breach(Law::OrdersKept, at, what);
        }
    }
}
