//! What the plan's items and programmes come to with the recordings as they are: worked out once for a whole rundown.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::Date;

use crate::asrun::facts::{Element, ItemFacts};
use crate::calendar::span::DaySpan;
use crate::library::{Library, Recording};
use crate::plan::{self, Item, Plan};
use crate::rundown::{fit, pick};
use crate::terms::*;

/// Every item of the plan with what is known of its recording, and every programme in terms of them.
pub struct Stock {
    pub(super) wares: Vec<Ware>,
    programmes: BTreeMap<ProgrammeId, Programme>,
}

/// One item, ready to become an element.
pub(super) struct Ware {
    pub(super) facts: Arc<ItemFacts>,
    valid: DaySpan,
    /// Its gain and level, or why it cannot sound.
    sound: Result<Sound, Reason>,
}

#[derive(Clone, Copy)]
struct Sound {
    length: SignedDuration,
    gain_db: f32,
    level_lufs: Option<f32>,
}

struct Programme {
    pieces: Vec<Piece>,
    /// The fixed items: they are never picked too.
    fixed: Vec<usize>,
    pause: SignedDuration,
}

/// An element of the plan with items by index.
enum Piece {
    Fixed { item: usize, times: u32 },
    Pick { count: u32, pool: Vec<usize> },
}

impl Stock {
    pub fn of(plan: &Plan, library: &Library) -> Stock {
        let places: BTreeMap<&ItemId, usize> = plan.items.iter().zip(0..).map(|(item, place)| (&item.id, place)).collect();
        let programmes = plan.programmes.iter().map(|programme| (programme.id.clone(), Programme::of(plan, programme, &places)));
        Stock { wares: plan.items.iter().map(|item| Ware::of(item, library)).collect(), programmes: programmes.collect() }
    }

    /// The elements of a programme for one day: fixed items as they are, picks chosen. `before` is what the broadcast before had.
    pub fn settle(
        &self,
        programme: &ProgrammeId,
        day: Date,
        before: Option<&BTreeSet<ItemId>>,
        last_aired: impl Fn(&ItemId) -> Option<Wall>,
    ) -> Vec<Element> {
        let Some(programme) = self.programmes.get(programme) else { return Vec::new() };
        let pools = programme.pieces.iter().flat_map(|piece| match piece {
            Piece::Fixed { .. } => Vec::new(),
            Piece::Pick { count, pool } => vec![pool.as_slice(); usize::try_from(*count).unwrap_or_default()],
        });
        let standing = |item: usize| {
            let ware = &self.wares[item];
            let id = &ware.facts.item;
            ware.unplayable(day).is_none().then(|| (before.is_some_and(|before| before.contains(id)), last_aired(id)))
        };
        let mut chosen = pick::choose(&pools.collect::<Vec<_>>(), &programme.fixed, standing).into_iter();
        let mut elements = Vec::with_capacity(programme.pieces.len() + 4);
        for piece in &programme.pieces {
            match piece {
                Piece::Fixed { item, times } => {
                    elements.extend((0..*times).map(|_| self.wares[*item].element(day, false)));
                }
                Piece::Pick { count, .. } => {
                    elements.extend((0..*count).map(|_| match chosen.next().flatten() {
                        Some(item) => self.wares[item].element(day, true),
                        None => nothing_to_pick(),
                    }));
                }
            }
        }
        fit::lay_out(&mut elements, programme.pause);
        elements
    }

    /// One item alone, for a person's order; `None` when the plan has no such item.
    pub fn alone(&self, item: &ItemId, day: Date) -> Option<Element> {
        self.wares.iter().find(|ware| ware.facts.item == *item).map(|ware| ware.element(day, false))
    }
}

impl Programme {
    fn of(plan: &Plan, programme: &plan::Programme, places: &BTreeMap<&ItemId, usize>) -> Programme {
        let pieces: Vec<Piece> = programme
            .elements
            .iter()
            .filter_map(|element| match element {
                plan::Element::Item { item, times } => places.get(item).map(|item| Piece::Fixed { item: *item, times: *times }),
                plan::Element::Pick { count, topic, tag } => {
                    let fits = |item: &Item| {
                        topic.as_ref().is_none_or(|topic| item.topic.as_ref() == Some(topic))
                            && tag.as_ref().is_none_or(|tag| item.tags.contains(tag))
                    };
                    let pool = (0..plan.items.len()).filter(|place| fits(&plan.items[*place])).collect();
                    Some(Piece::Pick { count: *count, pool })
                }
            })
            .collect();
        let fixed = pieces.iter().filter_map(|piece| match piece {
            Piece::Fixed { item, .. } => Some(*item),
            Piece::Pick { .. } => None,
        });
        Programme { fixed: fixed.collect(), pieces, pause: programme.pause }
    }
}

impl Ware {
    fn of(item: &Item, library: &Library) -> Ware {
        let recording = library.items.get(&item.id);
        let facts = ItemFacts {
            item: item.id.clone(),
            kind: item.kind,
            title: item.title.clone(),
            topic: item.topic.clone(),
            tags: item.tags.clone(),
            language: item.language.clone(),
            supplier: item.supplier.clone(),
            contacts: item.contacts.clone(),
            file_hash: recording.and_then(|r| r.as_ref().ok()).map(|r| r.hash.clone()),
        };
        let sound = match recording {
            Some(Ok(recording)) => Ok(Sound::of(recording)),
            Some(Err(unfit)) => Err(unfit.reason()),
            None => Err(Reason::FileMissing),
        };
        Ware { facts: Arc::new(facts), valid: item.valid, sound }
    }

    fn unplayable(&self, day: Date) -> Option<Reason> {
        if self.valid.contains(day) { self.sound.err() } else { Some(Reason::NotValid) }
    }

    fn element(&self, day: Date, picked: bool) -> Element {
        let unplayable = self.unplayable(day);
        let silent = Sound { length: SignedDuration::ZERO, gain_db: 0.0, level_lufs: None };
        let sound = if unplayable.is_none() { self.sound.unwrap_or(silent) } else { silent };
        Element {
            facts: Some(Arc::clone(&self.facts)),
            picked,
            length: sound.length,
            pause: SignedDuration::ZERO,
            gain_db: sound.gain_db,
            level_lufs: sound.level_lufs,
            offset: SignedDuration::ZERO,
            unplayable,
        }
    }
}

impl Sound {
    fn of(recording: &Recording) -> Sound {
        Sound { length: recording.length(), gain_db: recording.gain_db(), level_lufs: recording.level_lufs() }
    }
}

/// The element of a pool that had nothing to offer.
fn nothing_to_pick() -> Element {
    Element {
        facts: None,
        picked: true,
        length: SignedDuration::ZERO,
        pause: SignedDuration::ZERO,
        gain_db: 0.0,
        level_lufs: None,
        offset: SignedDuration::ZERO,
        unplayable: Some(Reason::PoolEmpty),
    }
}
