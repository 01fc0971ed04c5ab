//! The orders that still hold: a fold over the log's `order` rows.
//!
//! Pure. An order's row says in its detail `{"id": …, "order": {"do": …}}`, the request as it came in; `planned_at` and `until` in it
//! are nanoseconds since 1970. An order that was refused has `refused` in its detail: its id counts, it changes nothing.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::asrun::row::Row;
use crate::terms::*;

/// What the orders of the past leave standing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Silent until released, or until an instant.
    pub hold: Option<Held>,
    pub skips: BTreeSet<(BroadcastId, Wall)>,
    /// The highest N of any `@request-N`.
    pub requests: u64,
    /// Ids of all requests, in the order in which they came.
    pub request_ids: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub until: Option<Wall>,
}

#[derive(Deserialize)]
struct Detail {
    id: Option<String>,
    order: Option<Told>,
    refused: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Told {
    Hold {
        until: Option<Wall>,
    },
    Release,
    Skip {
        broadcast: BroadcastId,
        planned_at: Vec<Wall>,
    },
    Unskip {
        broadcast: BroadcastId,
        planned_at: Vec<Wall>,
    },
    /// Orders that leave nothing standing.
    #[serde(other)]
    Other,
}

/// What a broadcast id of an order begins with.
const REQUEST: &str = "@request-";

impl Standing {
    /// Takes in one row, in the order of the log; rows other than `order` change nothing.
    pub fn note(&mut self, row: &Row) {
        if row.kind != Kind::Order {
            return;
        }
        let number = row.broadcast.as_ref().and_then(|id| id.as_str().strip_prefix(REQUEST)).and_then(|n| n.parse().ok());
        self.requests = self.requests.max(number.unwrap_or(0));
        let Some(Ok(detail)) = row.detail.as_deref().map(serde_json::from_str::<Detail>) else { return };
        self.request_ids.extend(detail.id);
        if detail.refused.is_some() {
            return;
        }
        match detail.order {
            Some(Told::Hold { until }) => self.hold = Some(Held { until }),
            Some(Told::Release) => self.hold = None,
            Some(Told::Skip { broadcast, planned_at }) => {
                self.skips.extend(planned_at.into_iter().map(|at| (broadcast.clone(), at)));
            }
            Some(Told::Unskip { broadcast, planned_at }) => {
                for at in planned_at {
                    self.skips.remove(&(broadcast.clone(), at));
                }
            }
            Some(Told::Other) | None => {}
        }
    }

    /// What stands by either of two accounts, of which nobody knows the newer: silent where one of them is.
    pub fn stricter(&self, other: &Standing) -> Standing {
        let hold = match (self.hold, other.hold) {
            (Some(one), Some(two)) => {
                Some(if one.until.is_none() || two.until.is_some() && one.until > two.until { one } else { two })
            }
            (one, two) => one.or(two),
        };
        let ids = other.request_ids.iter().filter(|id| !self.request_ids.contains(id));
        Standing {
            hold,
            skips: self.skips.union(&other.skips).cloned().collect(),
            requests: self.requests.max(other.requests),
            request_ids: ids.chain(&self.request_ids).cloned().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn order(detail: &str) -> Row {
        Row { detail: Some(detail.to_owned()), ..Row::of(Kind::Order, Arc::from("cam-tan"), Origin::Live) }
    }

    fn after(details: &[&str]) -> Standing {
        let mut standing = Standing::default();
        details.iter().for_each(|detail| standing.note(&order(detail)));
        standing
    }

    #[test]
    fn a_hold_stands_until_it_is_released() {
        let hold = r#"{"id":"a","order":{"do":"hold","until":5}}"#;
        assert_eq!(after(&[hold]).hold, Some(Held { until: Some(Wall(5)) }));
        assert_eq!(after(&[hold, r#"{"id":"b","order":{"do":"release"}}"#]).hold, None);
        assert_eq!(after(&[r#"{"id":"a","order":{"do":"hold","until":null},"refused":"on_hold"}"#]).hold, None);
    }

    #[test]
    fn of_two_accounts_the_longer_silence_stands() {
        let held = |until: Option<i64>| Standing { hold: Some(Held { until: until.map(Wall) }), ..Standing::default() };
        let none = Standing::default();
        for (one, two, longer) in [
            (held(Some(5)), none.clone(), Some(Some(5))),
            (none.clone(), held(None), Some(None)),
            (held(Some(5)), held(Some(7)), Some(Some(7))),
            (held(Some(7)), held(Some(5)), Some(Some(7))),
            (held(None), held(Some(5)), Some(None)),
            (held(Some(5)), held(None), Some(None)),
            (none.clone(), none, None),
        ] {
            assert_eq!(one.stricter(&two).hold.map(|held| held.until), longer.map(|until| until.map(Wall)));
        }
        let skip = r#"{"id":"a","order":{"do":"skip","broadcast":"morning","planned_at":[1]}}"#;
        let both = after(&[skip]).stricter(&after(&[skip, &skip.replace("\"a\"", "\"b\"").replace("[1]", "[2]")]));
        assert_eq!((both.skips.len(), both.request_ids), (2, vec!["b".to_owned(), "a".to_owned()]));
    }

    #[test]
    fn a_skip_stands_until_it_is_undone() {
        let skip = r#"{"id":"a","order":{"do":"skip","broadcast":"morning","planned_at":[1,2]}}"#;
        let undo = r#"{"id":"b","order":{"do":"unskip","broadcast":"morning","planned_at":[1]}}"#;
        assert_eq!(after(&[skip, undo]).skips, BTreeSet::from([(BroadcastId::from("morning"), Wall(2))]));
    }

    #[test]
    fn request_numbers_and_ids_are_never_given_out_again() {
        let mut standing = Standing::default();
        for n in [1, 12, 3] {
            let detail = format!(r#"{{"id":"r{n}","order":{{"do":"play","item":"x"}}}}"#);
            let broadcast = Some(BroadcastId::from(format!("@request-{n}").as_str()));
            standing.note(&Row { broadcast, ..order(&detail) });
        }
        assert_eq!(standing.requests, 12);
        assert_eq!(standing.request_ids, ["r1", "r12", "r3"]);
    }

    #[test]
    fn a_detail_that_says_something_else_changes_nothing() {
        assert_eq!(after(&["", "7", "{}", r#"{"order":{"do":"dance"}}"#]), Standing::default());
    }
}
