//! What became of an order, for whoever gave it: as JSON here, in words in [`crate::lang::orders`].

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::asrun::row::stamp;
use crate::control::request::{Answer, DueSlot, OrderEffect, Refusal};
use crate::terms::Wall;

/// `{"ok", "answer": "done|playing|refused", "broadcast", "until", "short_of", "slots", "more", "again", "kept", "refusal", "reason",
/// "choices", "message"}`; of a mourning also `"from", "silent", "airing"`.
pub fn as_json(answer: &Answer, kept: bool, text: &str, zone: &TimeZone) -> Value {
    let instant = |at: Wall| json!(stamp(at, zone));
    let mut value = json!({
        "ok": true, "answer": "done", "broadcast": null, "until": null, "short_of": 0, "slots": [], "more": 0, "again": false,
        "kept": kept, "refusal": null, "reason": null, "choices": [], "message": text,
    });
    let due = |slots: &[DueSlot]| -> Value {
        let one = |slot: &DueSlot| json!({ "broadcast": slot.broadcast, "title": slot.title, "planned_at": stamp(slot.planned_at, zone) });
        slots.iter().map(one).collect()
    };
    match answer {
        Answer::Done(OrderEffect::Before) => value["again"] = json!(true),
        Answer::Done(OrderEffect::Stopped { slots } | OrderEffect::Unskipped { slots }) => value["slots"] = due(slots),
        Answer::Done(OrderEffect::Released { next }) => value["slots"] = due(next.as_slice()),
        Answer::Done(OrderEffect::Skipped { slots, again }) => (value["slots"], value["again"]) = (due(slots), json!(again)),
        Answer::Done(OrderEffect::Held { until, again, silent }) => {
            value["until"] = until.map_or(Value::Null, instant);
            (value["slots"], value["more"], value["again"]) = (due(&silent.slots), json!(silent.more), json!(again));
        }
        Answer::Done(OrderEffect::Confirmed { at }) => value["until"] = instant(*at),
        Answer::Done(OrderEffect::Mourned { mourning, silent, airing }) => {
            (value["from"], value["until"]) = (instant(mourning.from), instant(mourning.until));
            (value["silent"], value["airing"]) = (json!(silent), json!(airing));
        }
        Answer::Done(OrderEffect::MourningWithdrawn) => {}
        Answer::Playing { broadcast, until, short_of, .. } => {
            (value["answer"], value["broadcast"], value["short_of"]) = (json!("playing"), json!(broadcast), json!(short_of));
            value["until"] = until.map_or(Value::Null, instant);
        }
        Answer::Refused(refusal) => {
            (value["ok"], value["answer"]) = (json!(false), json!("refused"));
            value["refusal"] = match refusal {
                Refusal::Unplayable(reason) => {
                    value["reason"] = json!(reason);
                    json!("unplayable")
                }
                Refusal::WhichOne(choices) => {
                    value["choices"] = json!(choices);
                    json!("which_one")
                }
                Refusal::ClockDiffers(_) => json!("clock_differs"),
                Refusal::BeforeBuild(_) => json!("before_build"),
                Refusal::BehindLog(_) => json!("behind_log"),
                other => json!(other),
            };
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::Reason;

    #[test]
    fn an_answer_as_json_keeps_its_shape() {
        let shown = |answer: &Answer| as_json(answer, true, "…", &TimeZone::UTC);
        let playing = Answer::Playing { broadcast: "@request-3".into(), title: None, until: None, short_of: 0, everyday: false };
        assert_eq!(
            shown(&playing).to_string(),
            r#"{"again":false,"answer":"playing","broadcast":"@request-3","choices":[],"kept":true,"message":"…","more":0,"ok":true,"reason":null,"refusal":null,"short_of":0,"slots":[],"until":null}"#
        );
        let until = Some(Wall(1_795_000_000_000_000_000));
        let emergency =
            shown(&Answer::Playing { broadcast: "@request-3".into(), title: None, until, short_of: 2, everyday: false });
        assert_eq!((&emergency["until"], &emergency["short_of"]), (&json!("2026-11-18T11:06:40+00:00"), &json!(2)));
        let refused = shown(&Answer::Refused(Refusal::Unplayable(Reason::FileMissing)));
        assert_eq!(
            (&refused["ok"], &refused["refusal"], &refused["reason"]),
            (&json!(false), &json!("unplayable"), &json!("file_missing"))
        );
        assert_eq!(shown(&Answer::Refused(Refusal::OnHold))["refusal"], json!("on_hold"));
        let slot =
            DueSlot { planned_at: Wall(1_795_000_000_000_000_000), broadcast: "x".into(), title: Some("Bản tin".into()) };
        let skipped = shown(&Answer::Done(OrderEffect::Skipped { slots: vec![slot], again: true }));
        assert_eq!(
            skipped["slots"],
            json!([{ "broadcast": "x", "title": "Bản tin", "planned_at": "2026-11-18T11:06:40+00:00" }])
        );
        assert_eq!((&skipped["answer"], &skipped["again"]), (&json!("done"), &json!(true)));
    }
}
