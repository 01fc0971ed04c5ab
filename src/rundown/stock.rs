//! What the plan's items and programmes come to with the recordings as they are: worked out once for a whole rundown.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::Date;

use crate::asrun::element::{Element, ItemFacts};
use crate::calendar::span::DaySpan;
use crate::defect::defect;
use crate::library::{Aim, Library, Recording, Unfit, attention};
use crate::plan::{self, Item, Plan};
use crate::rundown::past::BroadcastPast;
use crate::rundown::{Dropped, Outcome, fit, pick};
use crate::terms::*;

/// Every item of the plan with what is known of its recording, and every programme in terms of them.
pub struct Stock {
    pub(super) wares: Vec<Ware>,
    programmes: BTreeMap<ProgrammeId, IndexedProgramme>,
    /// Items that may not air as often as they are planned.
    capped: BTreeSet<ItemId>,
}

/// One item, ready to become an element.
pub(super) struct Ware {
    pub(super) facts: Arc<ItemFacts>,
    valid: DaySpan,
    caps: ItemCaps,
    /// Its recording, or why it cannot sound.
    sound: Result<Recording, Reason>,
    /// It cannot sound yet, because it is being measured.
    awaited: bool,
}

/// The elements of a programme as they were chosen for one day: the same for all outputs, each of which may sound them at another level.
pub struct Chosen {
    day: Date,
    pause: SignedDuration,
    /// Which item stands in each place (none where a pool had nothing to offer), and whether it was picked.
    places: Vec<ChosenPlace>,
    /// What has aired often enough.
    pub dropped: Vec<Dropped>,
    /// Why all of it stays silent: what it had to say has aired often enough, or has not come yet, and nothing else of it says anything.
    pub left_out: Option<Outcome>,
}

/// What broadcasts can do for a topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TopicChances {
    /// How often it can be picked.
    pub picks: i64,
    /// What it gets from fixed items.
    pub fixed: i64,
}

impl TopicChances {
    pub fn and(self, other: TopicChances) -> TopicChances {
        TopicChances { picks: self.picks + other.picks, fixed: self.fixed + other.fixed }
    }
}

/// An item, or none where a pool had nothing to offer, and whether it was picked.
type ChosenPlace = (Option<usize>, bool);

struct IndexedProgramme {
    pieces: Vec<IndexedElement>,
    /// The fixed items: they are never picked too.
    fixed: Vec<usize>,
    pause: SignedDuration,
    fill: Option<SignedDuration>,
}

/// An element of the plan with items by index.
enum IndexedElement {
    Fixed {
        item: usize,
        times: u32,
    },
    /// `is_open`: what it picks from is what lies in a folder, which may be nothing.
    Pick {
        count: u32,
        pool: Vec<usize>,
        is_open: bool,
    },
}

impl Stock {
    pub fn of(plan: &Plan, library: &Library) -> Stock {
        let places: BTreeMap<&ItemId, usize> = plan.items.iter().zip(0..).map(|(item, place)| (&item.id, place)).collect();
        let programmes =
            plan.programmes.iter().map(|programme| (programme.id.clone(), IndexedProgramme::of(plan, programme, &places)));
        let capped = plan.items.iter().filter(|item| !item.caps.is_free()).map(|item| item.id.clone());
        Stock {
            wares: plan.items.iter().map(|item| Ware::of(item, plan, library)).collect(),
            programmes: programmes.collect(),
            capped: capped.collect(),
        }
    }

    /// The elements of a programme for one day: fixed items as they are, picks chosen, without what has aired often enough. `lead` says
    /// how an item stands when others are chosen.
    pub fn settle(
        &self,
        programme: &ProgrammeId,
        day: Date,
        past: &BroadcastPast,
        lead: impl Fn(usize, &[Option<usize>]) -> pick::PickLead,
    ) -> Chosen {
        let nothing = Chosen { day, pause: SignedDuration::ZERO, places: Vec::new(), dropped: Vec::new(), left_out: None };
        let Some(programme) = self.programmes.get(programme) else { return nothing };
        let pools = programme.pieces.iter().flat_map(|piece| match piece {
            IndexedElement::Fixed { .. } => Vec::new(),
            IndexedElement::Pick { count, pool, .. } => vec![pool.as_slice(); usize::try_from(*count).unwrap_or_default()],
        });
        let standing = |item: usize| {
            let playable = self.wares[item].unplayable(day).is_none() && self.limit(item, 0, past).is_none();
            playable.then(|| past.standing(&self.wares[item].facts.item))
        };
        let picked = pick::choose(&pools.collect::<Vec<_>>(), &programme.fixed, standing, &lead);
        let mut chosen = picked.iter().copied();
        let mut dropped: Vec<(usize, ItemLimit)> = Vec::new();
        let mut fixed: BTreeMap<usize, u32> = BTreeMap::new();
        let mut lacks = false;
        let mut parts: Vec<Vec<ChosenPlace>> = Vec::with_capacity(programme.pieces.len());
        for piece in &programme.pieces {
            let (count, place) = match piece {
                IndexedElement::Fixed { item, times } => (*times, Some(*item)),
                IndexedElement::Pick { count, .. } => (*count, None),
            };
            let mut part = Vec::new();
            for _ in 0..count {
                let limited = match (piece, place.or_else(|| chosen.next().flatten())) {
                    (IndexedElement::Fixed { .. }, Some(item)) => {
                        let already = fixed.entry(item).or_default();
                        *already += 1;
                        part.push((Some(item), false));
                        self.limited(item, *already - 1, day, past)
                    }
                    (IndexedElement::Pick { pool, is_open, .. }, None) => {
                        let others = pool.iter().filter(|item| !programme.fixed.contains(item));
                        let mut others = others.filter(|item| dropped.iter().all(|(other, _)| other != *item));
                        let limited = others.find_map(|item| self.limited(*item, 0, day, past));
                        if !is_open || limited.is_some() {
                            part.push((None, true));
                        }
                        lacks |= is_open;
                        limited
                    }
                    (_, item) => {
                        part.push((item, true));
                        None
                    }
                };
                if let Some(limited) = limited {
                    part.pop();
                    dropped.push(limited);
                }
            }
            parts.push(part);
        }
        if let Some(wanted) = programme.fill {
            self.fill(programme, wanted, &mut parts, &picked, (standing, lead));
        }
        let places: Vec<ChosenPlace> = parts.into_iter().flatten().collect();
        let speaks = |item: usize| self.wares[item].facts.kind.speaks();
        let left_out = if places.iter().any(|(item, _)| item.is_none_or(speaks)) {
            None
        } else if dropped.iter().any(|(item, _)| speaks(*item)) {
            Some(Outcome::skipped(Reason::OverQuota))
        } else {
            lacks.then_some(Outcome::missed(Reason::PoolEmpty))
        };
        let dropped = dropped.into_iter().map(|(item, limit)| Dropped::limited(&self.wares[item].facts, limit)).collect();
        Chosen { day, pause: programme.pause, places, dropped, left_out }
    }

    /// An item that would sound and has aired often enough. What cannot sound says so itself.
    fn limited(&self, item: usize, already: u32, day: Date, past: &BroadcastPast) -> Option<(usize, ItemLimit)> {
        let limit = self.limit(item, already, past)?;
        self.wares[item].unplayable(day).is_none().then_some((item, limit))
    }

    fn limit(&self, item: usize, already: u32, past: &BroadcastPast) -> Option<ItemLimit> {
        let ware = &self.wares[item];
        past.limit(ware.caps, &ware.facts.item, already)
    }

    /// Whether its airings are counted.
    pub fn is_capped(&self, item: &ItemId) -> bool {
        self.capped.contains(item)
    }

    /// Lets the picks of a programme go on until it is about so long.
    fn fill(
        &self,
        programme: &IndexedProgramme,
        wanted: SignedDuration,
        parts: &mut [Vec<ChosenPlace>],
        picked: &[Option<usize>],
        (standing, lead): (impl Fn(usize) -> Option<pick::PickOrder>, impl Fn(usize, &[Option<usize>]) -> pick::PickLead),
    ) {
        let length = |item: usize| self.wares[item].sound.as_ref().map_or(SignedDuration::ZERO, Recording::length);
        let with_pause = |item: usize| length(item).saturating_add(programme.pause);
        let has: Vec<usize> = parts.iter().flatten().filter_map(|(item, _)| *item).collect();
        let taken: Vec<usize> = has.iter().chain(&programme.fixed).copied().collect();
        let sounding = has.iter().filter(|item| length(**item).is_positive());
        let so_far = sounding.fold(SignedDuration::ZERO, |sum, item| sum.saturating_add(with_pause(*item)));
        let picks = programme.pieces.iter().enumerate().filter_map(|(place, piece)| match piece {
            IndexedElement::Fixed { .. } => None,
            IndexedElement::Pick { pool, .. } => Some((place, pool.as_slice())),
        });
        let (places, pools): (Vec<usize>, Vec<&[usize]>) = picks.unzip();
        // No pause follows the last element.
        let lengths = (so_far.saturating_sub(programme.pause).max(SignedDuration::ZERO), wanted);
        for (place, more) in
            places.into_iter().zip(pick::fill(&pools, &taken, picked.to_vec(), standing, lead, with_pause, lengths))
        {
            parts[place].extend(more.into_iter().map(|item| (Some(item), true)));
        }
    }

    /// The topic that the item counts towards, its language, and its airtime in milliseconds; `None` where it counts towards none.
    pub(super) fn counts(&self, item: usize) -> Option<(&TopicId, &str, i64)> {
        let ware = self.wares.get(item)?;
        let topic = ware.facts.topic.as_ref().filter(|_| ware.facts.kind == ItemKind::Announcement)?;
        Some((topic, &ware.facts.language, ware.airtime_ms()))
    }

    /// How long the topic's announcements are on the average.
    pub(super) fn mean_ms(&self, topic: &TopicId) -> i64 {
        let of_topic = (0..self.wares.len()).filter_map(|item| self.counts(item)).filter(|(other, ..)| *other == topic);
        let (count, sum) =
            of_topic.fold((0, 0), |(count, sum), (.., ms)| if ms > 0 { (count + 1, sum + ms) } else { (count, sum) });
        if count > 0 { sum / count } else { 0 }
    }

    /// What a programme can do for each of so many topics on a day. `worth` says by item which of them it counts towards, and how much one
    /// airing of it is.
    pub(super) fn chances(
        &self,
        programme: &ProgrammeId,
        day: Date,
        worth: &[Option<(usize, i64)>],
        topics: usize,
    ) -> Vec<TopicChances> {
        let mut chances = vec![TopicChances::default(); topics];
        let Some(programme) = self.programmes.get(programme) else { return chances };
        let sounds = |item: usize| worth.get(item).copied().flatten().filter(|_| self.wares[item].unplayable(day).is_none());
        for piece in &programme.pieces {
            match piece {
                IndexedElement::Fixed { item, times } => {
                    if let Some((topic, amount)) = sounds(*item) {
                        chances[topic].fixed += amount * i64::from(*times);
                    }
                }
                IndexedElement::Pick { count, pool, .. } => {
                    let mut here = vec![0; topics];
                    pool.iter().filter_map(|item| sounds(*item)).for_each(|(topic, _)| here[topic] += 1);
                    chances.iter_mut().zip(here).for_each(|(chance, items)| chance.picks += items.min(i64::from(*count)));
                }
            }
        }
        chances
    }

    /// What was chosen, ready to sound.
    pub fn elements(&self, chosen: &Chosen, aim: Aim) -> Vec<Element> {
        let element = |(item, picked): &(Option<usize>, bool)| match item {
            Some(item) => self.wares[*item].element(chosen.day, *picked, aim),
            None => nothing_to_pick(),
        };
        let mut elements: Vec<Element> = chosen.places.iter().map(element).collect();
        fit::lay_out(&mut elements, chosen.pause);
        elements
    }

    /// One item alone, for a person's order; `None` when the plan has no such item.
    pub fn alone(&self, item: &ItemId, day: Date, aim: Aim) -> Option<Element> {
        self.place(item).map(|place| self.wares[place].element(day, false, aim))
    }

    /// The item's place in the plan.
    pub fn place(&self, item: &ItemId) -> Option<usize> {
        self.wares.iter().position(|ware| ware.facts.item == *item)
    }

    /// Whether the plan has an item no more, or not for this day. A file that is gone withdraws nothing: the station keeps a copy of what
    /// is settled. The attention tone is the program's own.
    pub(super) fn withdrawn(&self, item: &ItemId, day: Date) -> Option<Reason> {
        let valid = self.place(item).is_some_and(|place| self.wares[place].is_valid(day));
        (!valid && item.as_str() != attention::ITEM).then_some(Reason::NotValid)
    }

    /// Whether the item has another recording by now than the one with which it was settled.
    pub(super) fn replaced(&self, settled: &ItemFacts) -> Option<Reason> {
        let now = self.place(&settled.item).and_then(|place| self.wares[place].sound.as_ref().ok());
        settled.file_hash.as_ref().zip(now).is_some_and(|(was, now)| *was != now.hash).then_some(Reason::NotValid)
    }

    /// Whether a programme has the item no more, neither as it is nor to pick.
    pub(super) fn dropped(&self, programme: &ProgrammeId, item: &ItemId) -> Option<Reason> {
        let Some(programme) = self.programmes.get(programme) else { return Some(Reason::NotValid) };
        let is = |place: usize| self.wares[place].facts.item == *item;
        let has = programme.pieces.iter().any(|piece| match piece {
            IndexedElement::Fixed { item, .. } => is(*item),
            IndexedElement::Pick { pool, .. } => pool.iter().copied().any(is),
        });
        (!has).then_some(Reason::NotValid)
    }
}

impl IndexedProgramme {
    fn of(plan: &Plan, programme: &plan::Programme, places: &BTreeMap<&ItemId, usize>) -> IndexedProgramme {
        let pieces: Vec<IndexedElement> = programme
            .elements
            .iter()
            .filter_map(|element| match element {
                plan::ProgrammeElement::Item { item, times } => {
                    places.get(item).map(|item| IndexedElement::Fixed { item: *item, times: *times })
                }
                plan::ProgrammeElement::Pick { count, folder, .. } => {
                    let takes =
                        |item: &Item| element.takes(item) || (item.kind == ItemKind::Emergency && defect!(PicksEmergencies));
                    let pool = (0..plan.items.len()).filter(|place| takes(&plan.items[*place])).collect();
                    Some(IndexedElement::Pick { count: *count, pool, is_open: folder.is_some() })
                }
            })
            .collect();
        let fixed = pieces.iter().filter_map(|piece| match piece {
            IndexedElement::Fixed { item, .. } => Some(*item),
            IndexedElement::Pick { .. } => None,
        });
        IndexedProgramme { fixed: fixed.collect(), pieces, pause: programme.pause, fill: programme.fill }
    }
}

impl Ware {
    fn of(item: &Item, plan: &Plan, library: &Library) -> Ware {
        let duty = |topic: &TopicId| plan.topics.iter().any(|known| known.id == *topic && known.duty);
        let recording = library.items.get(&item.id);
        let own = recording.and_then(|recording| recording.as_ref().ok()?.title.clone());
        // What stands in a recording nobody has checked.
        let title = own.filter(|_| item.is_named_by_file).and_then(|title| plan::read::title(&title));
        let facts = ItemFacts {
            item: item.id.clone(),
            kind: item.kind,
            title: title.unwrap_or_else(|| item.title.clone()),
            topic: item.topic.clone(),
            tags: item.tags.clone(),
            language: item.language.clone(),
            supplier: item.supplier.clone(),
            contacts: item.contacts.clone(),
            duty: item.topic.as_ref().is_some_and(duty),
            translation_of: item.translation_of.clone(),
            file_hash: recording.and_then(|r| r.as_ref().ok()).map(|r| r.hash.clone()),
        };
        let sound = match recording {
            Some(Ok(recording)) => Ok(recording.clone()),
            Some(Err(unfit)) => Err(unfit.reason()),
            None => Err(Reason::FileMissing),
        };
        let awaited = matches!(recording, Some(Err(Unfit::Unmeasured)));
        Ware { facts: Arc::new(facts), valid: item.valid, caps: item.caps, sound, awaited }
    }

    fn unplayable(&self, day: Date) -> Option<Reason> {
        if self.is_valid(day) { self.sound.as_ref().err().copied() } else { Some(Reason::NotValid) }
    }

    fn is_valid(&self, day: Date) -> bool {
        self.valid.contains(day) || defect!(AirsExpired)
    }

    /// 0 of one that cannot sound.
    fn airtime_ms(&self) -> i64 {
        self.sound.as_ref().map_or(0, |recording| i64::try_from(recording.length().as_millis()).unwrap_or(i64::MAX))
    }

    fn element(&self, day: Date, picked: bool, aim: Aim) -> Element {
        let unplayable = self.unplayable(day);
        let sound = self.sound.as_ref().ok().filter(|_| unplayable.is_none());
        Element {
            facts: Some(Arc::clone(&self.facts)),
            picked,
            length: sound.map_or(SignedDuration::ZERO, Recording::length),
            pause: SignedDuration::ZERO,
            speaker: aim.speaker,
            gain_db: sound.map_or(0.0, |recording| recording.gain_db_for(aim)),
            level_lufs: sound.and_then(|recording| recording.level_lufs_for(aim)),
            offset: SignedDuration::ZERO,
            unplayable,
            awaited: self.awaited && unplayable == Some(Reason::FileMissing),
        }
    }
}

/// The element of a pool that had nothing to offer.
fn nothing_to_pick() -> Element {
    Element {
        facts: None,
        picked: true,
        length: SignedDuration::ZERO,
        pause: SignedDuration::ZERO,
        speaker: Speaker::Flat,
        gain_db: 0.0,
        level_lufs: None,
        offset: SignedDuration::ZERO,
        unplayable: Some(Reason::PoolEmpty),
        awaited: false,
    }
}
