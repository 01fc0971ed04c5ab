//! What people were answered, against the log.

use super::{Law, Model};
use crate::asrun::fact::Fact;
use crate::asrun::row::Row;
use crate::control::request::Answer;

impl Model<'_> {
    /// An order that was carried out stands in the log once, unless its row was lost with the power: the row is handed over before the
    /// answer is given, and whoever asked is told whether it is on the disk.
    pub(super) fn check_orders(&mut self) {
        let record = self.record;
        let mut broken = Vec::new();
        for order in record.orders.iter().filter(|order| !matches!(order.answer, None | Some(Answer::Refused(_)))) {
            let is_its = |row: &&Row| matches!(&row.fact, Fact::Order(given) if given.id.as_ref() == Some(&order.id));
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
