//! The orders that still hold: a fold over the log's `order` rows.
//!
//! Pure. `planned_at` and `until` of an order are nanoseconds since 1970.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::asrun::fact::Fact;
use crate::asrun::row::Row;
use crate::terms::*;

/// What the orders of the past leave standing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Silent until released, or until an instant.
    pub hold: Option<Hold>,
    pub skips: BTreeSet<(BroadcastId, Wall)>,
    /// Those that are over, too: what was due in them and has not ended is silent all the same.
    #[serde(default)]
    pub mourning: Vec<Mourning>,
    /// The highest N of any `@request-N`.
    pub requests: u64,
    /// Ids of all requests, in the order in which they came.
    pub request_ids: Vec<String>,
}

/// What a broadcast id of an order begins with.
const REQUESTS: [&str; 2] = ["@request-", Slot::DRILL];

impl Standing {
    /// Takes in one row, in the order of the log; rows other than `order` change nothing.
    pub fn note(&mut self, row: &Row) {
        if row.kind() != Kind::Order {
            return;
        }
        let number = row.broadcast.as_ref().and_then(|id| {
            REQUESTS.iter().find_map(|begins| id.as_str().strip_prefix(begins)).and_then(|number| number.parse().ok())
        });
        self.requests = self.requests.max(number.unwrap_or(0));
        let Fact::Order(given) = &row.fact else { return };
        self.request_ids.extend(given.id.clone());
        match &given.order {
            Some(Order::Hold { until }) => self.hold = Some(Hold { until: *until }),
            Some(Order::Release) => self.hold = None,
            Some(Order::Skip { broadcast, planned_at }) => {
                self.skips.extend(planned_at.iter().map(|at| (broadcast.clone(), *at)));
            }
            Some(Order::Unskip { broadcast, planned_at }) => {
                for at in planned_at {
                    self.skips.remove(&(broadcast.clone(), *at));
                }
            }
            Some(Order::Mourning(mourning)) => {
                self.mourning.retain(|other| other.from != mourning.from);
                self.mourning.push(mourning.clone());
            }
            Some(Order::WithdrawMourning { from }) => {
                self.mourning.retain(|mourning| from.is_some_and(|from| from != mourning.from));
            }
            Some(Order::Play { .. } | Order::Drill { .. } | Order::Stop { .. } | Order::ConfirmClock) | None => {}
        }
    }

    /// Joins two accounts of which the newer is not known: where either of them is silent, the result is.
    pub fn stricter(&self, other: &Standing) -> Standing {
        let hold = match (self.hold, other.hold) {
            (Some(one), Some(two)) => {
                Some(if one.until.is_none() || two.until.is_some() && one.until > two.until { one } else { two })
            }
            (one, two) => one.or(two),
        };
        let mourning = other.mourning.iter().filter(|period| !self.mourning.contains(period));
        let ids = other.request_ids.iter().filter(|id| !self.request_ids.contains(id));
        Standing {
            hold,
            skips: self.skips.union(&other.skips).cloned().collect(),
            mourning: self.mourning.iter().chain(mourning).cloned().collect(),
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
        let (fact, _) = Fact::parse(Kind::Order, detail);
        Row::of(fact, Arc::from("cam-tan"), Origin::Live)
    }

    fn after(details: &[&str]) -> Standing {
        let mut standing = Standing::default();
        details.iter().for_each(|detail| standing.note(&order(detail)));
        standing
    }

    #[test]
    fn a_hold_stands_until_it_is_released() {
        let hold = r#"{"id":"a","order":{"do":"hold","until":5}}"#;
        assert_eq!(after(&[hold]).hold, Some(Hold { until: Some(Wall(5)) }));
        assert_eq!(after(&[hold, r#"{"id":"b","order":{"do":"release"}}"#]).hold, None);
    }

    #[test]
    fn of_two_accounts_the_longer_silence_stands() {
        let held = |until: Option<i64>| Standing { hold: Some(Hold { until: until.map(Wall) }), ..Standing::default() };
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
    fn a_mourning_stands_until_it_is_withdrawn_and_the_newest_of_one_day_counts() {
        let period = |from: i64, until: i64, only: &str| {
            format!(r#"{{"id":"a","order":{{"do":"mourning","from":{from},"until":{until},"only":[{only}],"reason":"x"}}}}"#)
        };
        let spans = |details: &[&str]| after(details).mourning.iter().map(|m| (m.from.0, m.until.0)).collect::<Vec<_>>();
        let (first, second) = (period(10, 20, ""), period(30, 40, "\"news\""));
        assert_eq!(spans(&[&first, &second]), [(10, 20), (30, 40)]);
        assert_eq!(spans(&[&first, &second, &period(10, 15, "")]), [(30, 40), (10, 15)]);
        let one = r#"{"id":"b","order":{"do":"withdraw_mourning","from":10}}"#;
        let all = r#"{"id":"b","order":{"do":"withdraw_mourning","from":null}}"#;
        assert_eq!((spans(&[&first, &second, one]), spans(&[&first, &second, all])), (vec![(30, 40)], vec![]));
        let news = ProgrammeId::from("news");
        let mourning = after(&[&second]).mourning.remove(0);
        assert!(!mourning.silences(Wall(30), &news) && mourning.silences(Wall(30), &"other".into()));
        assert!(!mourning.silences(Wall(29), &"other".into()) && !mourning.silences(Wall(40), &"other".into()));
        let both = after(&[&first]).stricter(&after(&[&first, &second]));
        assert_eq!(both.mourning.len(), 2);
    }

    #[test]
    fn request_numbers_and_ids_are_never_given_out_again() {
        let mut standing = Standing::default();
        for n in [1, 12, 3] {
            let detail =
                format!(r#"{{"id":"r{n}","order":{{"do":"play","item":"x","priority":"ordinary","outputs":[],"reason":null}}}}"#);
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
