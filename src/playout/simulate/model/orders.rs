//! What people were answered, against the log.

use super::{Law, Model};
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
            let is_its = |row: &&crate::asrun::row::Row| {
                row.kind == Kind::Order && row.detail.as_ref().is_some_and(|detail| detail.contains(&said))
            };
            let rows = record.rows.iter().filter(is_its).count();
            let lost = |cut: &super::super::record::Cut| {
                cut.lost_since.is_some_and(|since| since <= order.answered && order.at <= cut.at)
            };
            if rows > 1 || (rows == 0 && !record.offs.iter().any(lost)) {
                broken.push((order.at, format!("{:?} was answered {:?}, and has {rows} rows", order.order, order.answer)));
            }
        }
        for (at, what) in broken {
            self.breach(Law::OrdersKept, at, what);
        }
    }
}
