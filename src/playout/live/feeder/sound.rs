//! The feeder's sound: reports from the deck, starts kept on their instant, rings kept full, and what has left told to the conductor.

use jiff::SignedDuration;

use crate::playout::cue::{End, Fault, FaultKind};
use crate::playout::deck::Report;
use crate::playout::live::callback::{Order, Told};
use crate::playout::live::feeder::{Feeder, NEVER, Stage};
use crate::playout::live::voice::{Due, Phase};
use crate::terms::{Frames, Mono, Wall};

/// `Played` is told when so much more has left.
const TELL: SignedDuration = SignedDuration::from_millis(125);
/// A start this near is left where it is: its block may be on its way.
const FIRM: SignedDuration = SignedDuration::from_millis(100);
/// What was told to start in time may be heard so much later: the device has sound in it already, a callback is late.
const GRACE: SignedDuration = SignedDuration::from_millis(200);
/// A start that begins further from the instant it was told is reckoned from where it began: another still sounded at that instant.
const NEAR: SignedDuration = SignedDuration::from_millis(20);
/// No crystal runs off further within a programme: there was a hole in the sound, and a pause does not make up for it.
const HOLE: SignedDuration = SignedDuration::from_secs(1);

impl Feeder {
    pub(super) fn listen(&mut self) {
        let Stage::Open(stream) = &mut self.stage else { return };
        let (beat, told) = stream.listen();
        for told in told {
            self.take_report(told);
        }
        if let Some(beat) = beat
            && let Some((airing, frames)) = beat.sounding
            && let Some(voice) = self.voices.iter_mut().find(|v| v.airing == airing)
            && let Phase::Sounding { taken, upto, .. } = &mut voice.phase
        {
            (*taken, *upto) = (frames, beat.stamp.frame + beat.frames);
        }
    }

    pub(super) fn take_report(&mut self, told: Told) {
        let offset = self.wall_offset();
        let (Report::Began { airing, .. } | Report::Ended { airing, .. } | Report::Dropped { airing }) = told.report;
        let Some(voice) = self.voices.iter_mut().find(|v| v.airing == airing) else {
            if matches!(told.report, Report::Ended { .. }) {
                self.debts.ended(airing, Frames::none(self.shape.rate), End::Cut);
            }
            return;
        };
        let stage = &self.stage;
        let leaves_at = |frame| if let Stage::Open(stream) = stage { stream.mapping.leaves_at(frame) } else { None };
        match told.report {
            Report::Began { at, .. } => {
                let due = if let Phase::Armed { due, .. } = voice.phase { due } else { Due::Now };
                voice.planned = match (due, self.last) {
                    (Due::Behind(after), Some((last, due))) if last == after => Some(due),
                    (Due::At(wall), _) => leaves_at(at).map(|leaves| meant(leaves, Mono(wall.0.saturating_sub(offset)), NEAR)),
                    (Due::Now | Due::Behind(_), _) => leaves_at(at),
                };
                voice.phase = Phase::Sounding { at, taken: 0, upto: at };
                voice.began = Some(at);
            }
            Report::Ended { frames, at, whole, .. } => {
                let end = if whole {
                    End::Whole
                } else if told.lapsed {
                    End::Lease
                } else {
                    End::Cut
                };
                let follows = leaves_at(at + voice.pause()).zip(voice.next_due(frames)).filter(|_| whole);
                self.last = follows.map(|(leaves, due)| (airing, meant(leaves, due, HOLE)));
                voice.ended(at, frames, end);
            }
            Report::Dropped { .. } => {}
        }
    }

    /// Keeps starts that wait on their instant while the clock is slewed or stepped, and while more is heard of the device; what waits for a
    /// pause to end too, which so takes up what the device's crystal has run off before it. What a step has put past the last instant at which
    /// it may begin is refused here: the conductor hears of the step only later.
    pub(super) fn place_starts(&mut self) {
        if !self.voices.iter().any(|v| matches!(v.phase, Phase::Armed { .. })) {
            return;
        }
        let (offset, now) = (self.wall_offset(), self.now());
        let Stage::Open(stream) = &mut self.stage else { return };
        let firm = stream.mapping.handed() + Frames::within(FIRM, stream.shape().rate).count;
        for voice in &mut self.voices {
            let Phase::Armed { at, due } = &mut voice.phase else { continue };
            if voice.by.take_if(|by| *by + GRACE < now.wall).is_some() {
                *at = NEVER;
                *due = Due::Now;
                stream.order(Order::Refuse { airing: voice.airing });
            }
            let due = match (*due, self.last) {
                (Due::At(wall), _) if *at >= firm => Mono(wall.0.saturating_sub(offset)),
                (Due::Behind(after), Some((last, due))) if last == after && *at >= firm => due,
                (Due::Now | Due::At(_) | Due::Behind(_), _) => continue,
            };
            let settled = stream.mapping.is_settled() || due < now.mono + FIRM;
            let Some(frame) = stream.mapping.frame_at(due).filter(|_| settled) else { continue };
            if frame.abs_diff(*at) > 2 {
                *at = frame;
                stream.order(Order::Rearm { airing: voice.airing, at: frame });
            }
        }
    }

    /// Decodes a piece for each voice that wants one. True when there may be more to do at once.
    pub(super) fn feed(&mut self) -> bool {
        let mut fed = false;
        let mut unfit = Vec::new();
        for voice in &mut self.voices {
            fed |= voice.feed();
            let starved = voice.starved();
            if starved > 0 {
                tracing::warn!(output = %self.id, airing = ?voice.airing, frames = starved, "the decoder was late: silence in the sound");
            }
            if !voice.is_ready && voice.is_prefilled() {
                match voice.fault.take() {
                    Some(fault) => unfit.push((voice.airing, fault)),
                    None if voice.is_empty() => {
                        let detail = "it has no sound in it".to_owned();
                        unfit.push((voice.airing, Fault { kind: FaultKind::FileError, detail }));
                    }
                    None => {
                        voice.is_ready = true;
                        self.debts.ready(voice.airing);
                    }
                }
            }
        }
        for (airing, fault) in unfit {
            self.voices.retain(|v| v.airing != airing);
            self.debts.bad(airing, fault);
        }
        fed
    }

    pub(super) fn tell_what_left(&mut self) {
        if self.voices.is_empty() {
            return;
        }
        let offset = self.wall_offset();
        let Stage::Open(stream) = &self.stage else { return };
        let left = stream.mapping.left();
        let debts = &mut self.debts;
        self.voices.retain_mut(|voice| {
            if let Some(at) = voice.began.filter(|at| *at < left)
                && let Some(mono) = stream.mapping.leaves_at(at)
            {
                voice.began = None;
                debts.began(voice.airing, Wall(mono.0.saturating_add(offset)));
            }
            match &voice.phase {
                Phase::Loaded | Phase::Armed { .. } => true,
                Phase::Sounding { .. } => {
                    debts.played(voice.airing, voice.left(left), TELL);
                    true
                }
                Phase::Ended { at, frames, end } => {
                    let over = *at <= left || *frames == 0;
                    if over {
                        debts.ended(voice.airing, voice.frames(*frames), end.clone());
                    }
                    !over
                }
            }
        });
    }

    pub(super) fn left(&self) -> u64 {
        match &self.stage {
            Stage::Open(stream) => stream.mapping.left(),
            Stage::Closed | Stage::Lost { .. } => 0,
        }
    }

    /// The wall clock minus the boot clock. Being put to sleep between the two readings makes it too small, never too large.
    pub(super) fn wall_offset(&self) -> i64 {
        let read = || {
            let now = self.now();
            now.wall.0.saturating_sub(now.mono.0)
        };
        read().max(read()).max(read())
    }

    pub(super) fn frame_of(&self, wall: Wall) -> Option<u64> {
        let Stage::Open(stream) = &self.stage else { return None };
        if !stream.mapping.is_settled() {
            return None;
        }
        stream.mapping.frame_at(Mono(wall.0.saturating_sub(self.wall_offset())))
    }
}

/// The instant that something which leaves at `leaves` was meant for, or that itself where it is further away than `within`.
fn meant(leaves: Mono, due: Mono, within: SignedDuration) -> Mono {
    if (due - leaves).abs() < within { due } else { leaves }
}
