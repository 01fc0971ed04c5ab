//! What a person asks to hear now: one item, as slots like any other, held against hours, quota and validity.

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::Date;

use crate::asrun::element::{Element, ItemFacts, SlotFacts};
use crate::asrun::history::History;
use crate::lang::Language;
use crate::lang::orders as words;
use crate::library::{Aim, Library, TARGET_LUFS, attention};
use crate::plan::{LATE, Output, Plan};
use crate::rundown::stock::Stock;
use crate::rundown::{Planned, fit, target_lufs};
use crate::terms::*;

/// Why an item cannot be played as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the plan has no such item")]
    UnknownItem,
    #[error("the plan has no such output")]
    UnknownOutput,
    #[error("the recording cannot sound: {0}")]
    Unplayable(Reason),
    #[error("it is outside session hours")]
    OutsideHours,
    #[error("it would not end before the hours close")]
    TooLong,
    #[error("it would use more airtime than the session allows")]
    OverQuota,
    #[error("it is no recording for emergencies")]
    NoEmergency,
    #[error("the plan does not say what announces a drill")]
    NoDrillNotice,
}

/// What a person wants to hear around an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sounds {
    Plainly,
    /// A recording for emergencies as it would sound, between two readings of what says that it is a test.
    AsTest,
    /// Led in by the attention tone. No hours bind it, it has an end of its own.
    Emergency(Emergency),
}

/// The item that a person wants to hear, on which outputs (none named: all), and how much it matters.
#[derive(Clone, Copy, Debug)]
pub struct WantedItem<'a> {
    pub item: &'a ItemId,
    pub priority: Priority,
    pub outputs: &'a [OutputId],
    pub sounds: Sounds,
}

impl WantedItem<'_> {
    fn emergency(&self) -> Option<Emergency> {
        match self.sounds {
            Sounds::Emergency(emergency) => Some(emergency),
            Sounds::Plainly | Sounds::AsTest => None,
        }
    }
}

/// The slots of request `number`, one an output, planned at the millisecond of `at`. They are refused together.
pub fn order(
    plan: &Plan,
    library: &Library,
    history: &History,
    wish: WantedItem,
    at: Wall,
    number: u64,
) -> Result<Vec<Planned>, Refused> {
    let planned_at = at.floor_ms();
    let day = plan.station.timezone.civil(planned_at).date();
    let outputs = outputs(plan, wish.outputs)?;
    // Whatever the hour, an emergency is heard at the station's full loudness.
    let target_lufs = if wish.emergency().is_some() { TARGET_LUFS } else { target_lufs(plan, planned_at) };
    let stock = Stock::of(plan, library);
    let on = |speaker: Speaker| {
        let aim = Aim { speaker, target_lufs };
        let item = stock.alone(wish.item, day, aim).ok_or(Refused::UnknownItem)?;
        Ok(match wish.sounds {
            Sounds::Plainly => vec![item],
            Sounds::AsTest => tried(plan, &stock, item, day, aim)?,
            Sounds::Emergency(emergency) => called(&attention(plan.station.language, aim), &item, emergency),
        })
    };
    // Outputs differ in level, not in what they sound or for how long.
    let elements = on(Speaker::Flat)?;
    if let Some(reason) = elements.iter().find_map(|element| element.unplayable) {
        return Err(Refused::Unplayable(reason));
    }
    let slot = |output: &Output| -> Result<Planned, Refused> {
        let (session, end_by) = match wish.emergency() {
            // It begins whatever is left of its time: half a warning is more than none.
            Some(emergency) => (None, planned_at + emergency.lasting),
            None => bounds(plan, history, output, planned_at, &elements)?,
        };
        let start_by = if wish.emergency().is_some() { end_by } else { (planned_at + LATE).min(end_by) };
        let elements = on(output.speaker)?.into();
        Ok(Planned {
            slot: Slot { planned_at, broadcast: BroadcastId::new(format!("@request-{number}")), output: output.id.clone() },
            facts: Arc::new(SlotFacts {
                station: plan.station.code.as_str().into(),
                zones: output.zones.clone(),
                campaign: None,
                programme: None,
                priority: wish.priority,
                plan_hash: plan.hash.clone(),
            }),
            // Behind every broadcast of the plan.
            rank: u32::MAX,
            late: LATE,
            start_by,
            end_by,
            session,
            elements,
            dropped: Vec::new(),
            left_out: None,
            forecast: false,
        })
    };
    outputs.into_iter().map(slot).collect()
}

/// The session in which these elements would sound on an output, and when its hours close.
fn bounds(
    plan: &Plan,
    history: &History,
    output: &Output,
    at: Wall,
    elements: &[Element],
) -> Result<(Option<Session>, Wall), Refused> {
    let (hours, zone) = (plan.hours_of(&output.id), &plan.station.timezone);
    let session = hours.session_at(at, zone).ok_or(Refused::OutsideHours)?;
    let end_by = hours.open_until(at, zone).unwrap_or(session.closes);
    if at + fit::length(elements) > end_by {
        return Err(Refused::TooLong);
    }
    if is_over_quota(history, output, &session, elements) { Err(Refused::OverQuota) } else { Ok((Some(session), end_by)) }
}

/// Whether these elements would sound for longer than the session has left for the output.
fn is_over_quota(history: &History, output: &Output, session: &Session, elements: &[Element]) -> bool {
    session.quota.is_some_and(|quota| history.spent(&output.id, session).saturating_add(fit::sound(elements)) > quota)
}

/// An emergency's recording as it would sound, tone and all, between two readings of the plan's notice that this is a test.
fn tried(plan: &Plan, stock: &Stock, item: Element, day: Date, aim: Aim) -> Result<Vec<Element>, Refused> {
    if item.facts.as_ref().is_none_or(|facts| facts.kind != ItemKind::Emergency) {
        return Err(Refused::NoEmergency);
    }
    let notice = plan.station.drill.as_ref().and_then(|notice| stock.alone(notice, day, aim)).ok_or(Refused::NoDrillNotice)?;
    let mut elements = vec![notice.clone(), attention(plan.station.language, aim), item, notice];
    fit::lay_out(&mut elements, SignedDuration::ZERO);
    Ok(elements)
}

/// All times of an emergency in one slot: each is led in by the attention tone, and between them lies a pause in which others may air.
/// One slot, because there is one order: it ends once, with one answer to whether the warning went out.
fn called(tone: &Element, item: &Element, emergency: Emergency) -> Vec<Element> {
    let once = tone.length.saturating_add(item.length);
    let pause = emergency.every.saturating_sub(once).max(SignedDuration::ZERO);
    let mut elements = Vec::new();
    let mut offset = SignedDuration::ZERO;
    for time in 1..=emergency.times {
        let pause = if time < emergency.times { pause } else { SignedDuration::ZERO };
        elements.push(Element { offset, ..tone.clone() });
        elements.push(Element { offset: offset.saturating_add(tone.length), pause, ..item.clone() });
        offset = offset.saturating_add(once).saturating_add(pause);
    }
    elements
}

/// The attention tone as an element. It is a signal: no topic counts its minutes.
fn attention(language: Language, aim: Aim) -> Element {
    let tone = &attention::attention().recording;
    let facts = ItemFacts {
        item: attention::ITEM.into(),
        kind: ItemKind::Signal,
        title: words::attention_tone(language).to_owned(),
        topic: None,
        tags: Vec::new(),
        language: language.pick("vi", "en").to_owned(),
        supplier: None,
        contacts: Vec::new(),
        duty: false,
        translation_of: None,
        file_hash: Some(tone.hash.clone()),
    };
    Element {
        facts: Some(Arc::new(facts)),
        picked: false,
        length: tone.length(),
        pause: SignedDuration::ZERO,
        speaker: aim.speaker,
        gain_db: tone.gain_db_for(aim),
        level_lufs: tone.level_lufs_for(aim),
        offset: SignedDuration::ZERO,
        unplayable: None,
        awaited: false,
    }
}

/// The named outputs, in the plan's order and each once; all when none is named.
fn outputs<'a>(plan: &'a Plan, named: &[OutputId]) -> Result<Vec<&'a Output>, Refused> {
    if named.iter().any(|id| plan.output(id).is_none()) {
        return Err(Refused::UnknownOutput);
    }
    Ok(plan.outputs.iter().filter(|output| named.is_empty() || named.contains(&output.id)).collect())
}
