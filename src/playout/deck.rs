//! The deck: voices placed on one device's frames.
//!
//! Pure and without allocation after [`Deck::new`], so that the audio callback and the simulator run the very same one. It knows the device's
//! frames only: no clock, no recording, no ring. A voice goes loaded → armed → sounding → spent. At most one voice sounds at a time, but for
//! nothing at all: a cut voice fades before the next begins.

use crate::defect::defect;
use crate::playout::cue::Airing;

/// Voices that may be known at once: what sounds, what follows, what was cut, and room to spare.
pub const VOICES: usize = 8;

/// Where a voice's frames come from: rings in the callback, thin air in the simulator.
pub trait Sound {
    /// Puts up to `wanted` frames of `airing` at `offset` frames into the block, with the gain going linearly from `gain.0` to `gain.1`.
    /// Returns how many there were. Fewer than wanted with `ended` false is a starved ring: the voice waits, nothing is lost.
    fn take(&mut self, airing: Airing, offset: u64, wanted: u64, gain: (f32, f32)) -> Taken;
    /// How many frames are left, where that is known.
    fn left(&self, airing: Airing) -> Option<u64>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    pub frames: u64,
    /// The recording's last frame is among them (or came before).
    pub ended: bool,
}

/// What happened to a voice in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// Its first frame stands at this frame of the device.
    Began { airing: Airing, at: u64 },
    /// A voice that was started or told to follow is spent: `frames` of it were taken, the last before frame `at` of the device.
    /// `whole` is false when it was cut, refused, or never began.
    Ended { airing: Airing, frames: u64, at: u64, whole: bool },
    /// A voice that was only loaded is forgotten: nobody is owed its end.
    Dropped { airing: Airing },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum VoiceState {
    Loaded,
    /// To begin at this frame, or as soon after it as nothing else sounds.
    Armed(u64),
    /// To begin when another has ended whole and its pause has passed.
    Following(Airing),
    Sounding,
    /// Fading out: frames left of the fade, and its whole length.
    Fading {
        left: u64,
        of: u64,
    },
}

#[derive(Clone, Copy, Debug)]
struct DeckVoice {
    airing: Airing,
    /// Silence after it, before what follows.
    pause: u64,
    taken: u64,
    state: VoiceState,
}

/// One device's voices.
#[derive(Debug)]
pub struct Deck {
    voices: Vec<DeckVoice>,
    /// What was refused or dropped since the last block: reported by the next.
    owed: Vec<Report>,
    /// What ended whole last, and the frame from which its follower may sound: a `follow` may come a moment too late.
    last: Option<(Airing, u64)>,
}

impl Default for Deck {
    fn default() -> Self {
        Deck::new()
    }
}

impl Deck {
    pub fn new() -> Deck {
        Deck { voices: Vec::with_capacity(VOICES), owed: Vec::with_capacity(4 * VOICES), last: None }
    }

    /// Takes a voice in. False when there is no room for it (then it is unknown here).
    pub fn load(&mut self, airing: Airing, pause: u64) -> bool {
        if self.voices.len() == VOICES || self.place(airing).is_some() {
            return false;
        }
        self.voices.push(DeckVoice { airing, pause, taken: 0, state: VoiceState::Loaded });
        true
    }

    /// Arms a loaded voice for frame `at`; an unknown one is refused.
    pub fn start(&mut self, airing: Airing, at: u64) {
        match self.loaded(airing) {
            Some(voice) => voice.state = VoiceState::Armed(at),
            None => self.refuse(airing),
        }
    }

    /// Moves the start of a voice that is still armed: the wall clock was slewed or stepped. Anything else is left alone.
    pub fn rearm(&mut self, airing: Airing, at: u64) {
        if let Some(voice) = self.voices.iter_mut().find(|v| v.airing == airing)
            && let VoiceState::Armed(frame) = &mut voice.state
        {
            *frame = at;
        }
    }

    /// Takes back the start of a voice that is still armed: it ends without a frame. Anything else is left alone.
    pub fn disarm(&mut self, airing: Airing) {
        if let Some(index) = self.voices.iter().position(|v| v.airing == airing && matches!(v.state, VoiceState::Armed(_))) {
            self.voices.remove(index);
            self.refuse(airing);
        }
    }

    /// Lets `next` begin when `after` has ended whole and its pause has passed. Refused when `after` was cut or is unknown.
    pub fn follow(&mut self, after: Airing, next: Airing) {
        let goes_on =
            self.voices.iter().any(|v| v.airing == after && !matches!(v.state, VoiceState::Fading { .. } | VoiceState::Loaded));
        let from = self.last.filter(|(last, _)| *last == after).map(|(_, from)| from);
        let state = match (goes_on, from) {
            (true, _) => VoiceState::Following(after),
            (false, Some(from)) => VoiceState::Armed(from),
            (false, None) => return self.refuse_loaded(next),
        };
        match self.loaded(next) {
            Some(voice) => voice.state = state,
            None => self.refuse(next),
        }
    }

    /// Fades out what sounds over `fade` frames and forgets all that waits.
    pub fn cut(&mut self, fade: u64) {
        self.last = None;
        let owed = &mut self.owed;
        self.voices.retain_mut(|voice| match voice.state {
            VoiceState::Sounding => {
                voice.state = VoiceState::Fading { left: fade, of: fade };
                true
            }
            VoiceState::Fading { of, .. } if fade == 0 => {
                voice.state = VoiceState::Fading { left: 0, of };
                true
            }
            VoiceState::Fading { .. } => true,
            VoiceState::Armed(at) => {
                owed.push(Report::Ended { airing: voice.airing, frames: 0, at, whole: false });
                false
            }
            VoiceState::Following(_) if defect!(FollowsACut) => true,
            VoiceState::Following(_) => {
                owed.push(Report::Ended { airing: voice.airing, frames: 0, at: 0, whole: false });
                false
            }
            VoiceState::Loaded => {
                owed.push(Report::Dropped { airing: voice.airing });
                false
            }
        });
    }

    /// Lays the voices on the device's frames `from..to`.
    pub fn advance(&mut self, from: u64, to: u64, sound: &mut impl Sound, report: &mut impl FnMut(Report)) {
        for owed in self.owed.drain(..) {
            report(owed);
        }
        let mut at = from;
        while at <= to {
            let Some(index) = self.active() else {
                match self.begin(at, to, report) {
                    Some(begun) => at = begun,
                    None => return,
                }
                continue;
            };
            if at == to && !matches!(self.voices[index].state, VoiceState::Fading { left: 0, .. }) {
                return;
            }
            match self.sound(index, at - from, to - at, sound) {
                VoiceProgress::Goes(frames) => at += frames,
                VoiceProgress::Starves => return,
                VoiceProgress::Ends(frames, whole) => {
                    at += frames;
                    self.end(index, at, whole, report);
                }
            }
        }
    }

    /// The next frame at or after `from` at which something changes; `None` when nothing will without a command.
    pub fn next_change(&self, from: u64, sound: &impl Sound) -> Option<u64> {
        if !self.owed.is_empty() {
            return Some(from);
        }
        if let Some(index) = self.active() {
            let voice = &self.voices[index];
            return match voice.state {
                VoiceState::Fading { left, .. } => Some(from + left),
                VoiceState::Sounding | VoiceState::Loaded | VoiceState::Armed(_) | VoiceState::Following(_) => {
                    sound.left(voice.airing).map(|left| from + left)
                }
            };
        }
        self.voices.iter().filter_map(|v| if let VoiceState::Armed(at) = v.state { Some(at.max(from)) } else { None }).min()
    }

    /// The voice that sounds now and how many of its frames have been taken.
    pub fn sounding(&self) -> Option<(Airing, u64)> {
        self.active().map(|index| (self.voices[index].airing, self.voices[index].taken))
    }

    fn place(&self, airing: Airing) -> Option<usize> {
        self.voices.iter().position(|v| v.airing == airing)
    }

    fn loaded(&mut self, airing: Airing) -> Option<&mut DeckVoice> {
        self.voices.iter_mut().find(|v| v.airing == airing && v.state == VoiceState::Loaded)
    }

    fn active(&self) -> Option<usize> {
        self.voices.iter().position(|v| matches!(v.state, VoiceState::Sounding | VoiceState::Fading { .. }))
    }

    fn refuse(&mut self, airing: Airing) {
        self.owed.push(Report::Ended { airing, frames: 0, at: 0, whole: false });
    }

    fn refuse_loaded(&mut self, airing: Airing) {
        if let Some(index) = self.place(airing) {
            self.voices.swap_remove(index);
        }
        self.refuse(airing);
    }

    /// Begins the first voice that is due before `to`; says where.
    fn begin(&mut self, at: u64, to: u64, report: &mut impl FnMut(Report)) -> Option<u64> {
        let due = |v: &DeckVoice| if let VoiceState::Armed(frame) = v.state { Some(frame.max(at)) } else { None };
        let (frame, airing) = self.voices.iter().filter_map(|v| due(v).map(|f| (f, v.airing))).min()?;
        if frame >= to {
            return None;
        }
        let voice = self.voices.iter_mut().find(|v| v.airing == airing)?;
        voice.state = VoiceState::Sounding;
        report(Report::Began { airing, at: frame });
        Some(frame)
    }

    fn sound(&mut self, index: usize, offset: u64, room: u64, sound: &mut impl Sound) -> VoiceProgress {
        let voice = &mut self.voices[index];
        let VoiceState::Fading { left, of } = voice.state else {
            let taken = sound.take(voice.airing, offset, room, (1.0, 1.0));
            voice.taken += taken.frames;
            return match (taken.ended, taken.frames < room) {
                (true, _) => VoiceProgress::Ends(taken.frames, true),
                (false, true) => VoiceProgress::Starves,
                (false, false) => VoiceProgress::Goes(taken.frames),
            };
        };
        let wanted = left.min(room);
        if wanted == 0 {
            return if left == 0 { VoiceProgress::Ends(0, false) } else { VoiceProgress::Goes(0) };
        }
        let level = |frames_left: u64| frames_left as f32 / of.max(1) as f32;
        let taken = sound.take(voice.airing, offset, wanted, (level(left), level(left - wanted)));
        voice.taken += taken.frames;
        voice.state = VoiceState::Fading { left: left - taken.frames, of };
        if taken.ended || taken.frames < wanted || taken.frames == left {
            // A cut that falls on the last frames is whole all the same: nothing of it was lost.
            return VoiceProgress::Ends(taken.frames, taken.ended && taken.frames < left);
        }
        VoiceProgress::Goes(taken.frames)
    }

    fn end(&mut self, index: usize, at: u64, whole: bool, report: &mut impl FnMut(Report)) {
        let voice = self.voices.remove(index);
        report(Report::Ended { airing: voice.airing, frames: voice.taken, at, whole });
        if !whole && !defect!(FollowsACut) {
            return;
        }
        let from = at + voice.pause;
        self.last = Some((voice.airing, from));
        for follower in &mut self.voices {
            if follower.state == VoiceState::Following(voice.airing) {
                follower.state = VoiceState::Armed(from);
            }
        }
    }
}

/// What a stretch of a block did to the voice that sounds.
enum VoiceProgress {
    Goes(u64),
    Starves,
    Ends(u64, bool),
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recordings of known length, in thin air; a starved one gives nothing for a while.
    #[derive(Default)]
    struct Air {
        left: Vec<(Airing, u64)>,
        laid: Vec<(Airing, u64, u64)>,
        block: u64,
        starved: bool,
    }

    impl Sound for Air {
        fn take(&mut self, airing: Airing, offset: u64, wanted: u64, _: (f32, f32)) -> Taken {
            let Some((_, left)) = self.left.iter_mut().find(|(a, _)| *a == airing) else {
                return Taken { frames: 0, ended: true };
            };
            if self.starved {
                return Taken { frames: 0, ended: false };
            }
            let frames = wanted.min(*left);
            *left -= frames;
            self.laid.push((airing, self.block + offset, frames));
            Taken { frames, ended: *left == 0 }
        }
        fn left(&self, airing: Airing) -> Option<u64> {
            self.left.iter().find(|(a, _)| *a == airing).map(|(_, left)| *left)
        }
    }

    fn run(deck: &mut Deck, air: &mut Air, from: u64, to: u64, block: u64) -> Vec<Report> {
        let mut reports = Vec::new();
        let mut at = from;
        while at < to {
            let end = (at + block).min(to);
            air.block = at;
            deck.advance(at, end, air, &mut |r| reports.push(r));
            at = end;
        }
        reports
    }

    const A: Airing = Airing(1);
    const B: Airing = Airing(2);

    #[test]
    fn a_voice_begins_on_its_frame_and_its_follower_after_the_pause_whatever_the_block() {
        for block in [1, 7, 64, 1024, 5000] {
            let mut deck = Deck::new();
            let mut air = Air { left: vec![(A, 1000), (B, 500)], ..Air::default() };
            deck.load(A, 48);
            deck.load(B, 0);
            deck.start(A, 333);
            deck.follow(A, B);
            let reports = run(&mut deck, &mut air, 0, 4000, block);
            assert_eq!(
                reports,
                [
                    Report::Began { airing: A, at: 333 },
                    Report::Ended { airing: A, frames: 1000, at: 1333, whole: true },
                    Report::Began { airing: B, at: 1381 },
                    Report::Ended { airing: B, frames: 500, at: 1881, whole: true },
                ],
                "block {block}"
            );
        }
    }

    #[test]
    fn a_follow_that_comes_too_late_begins_at_once_and_one_after_a_cut_is_refused() {
        let mut deck = Deck::new();
        let mut air = Air { left: vec![(A, 100), (B, 50)], ..Air::default() };
        deck.load(A, 10);
        deck.load(B, 0);
        deck.start(A, 0);
        run(&mut deck, &mut air, 0, 512, 64);
        deck.follow(A, B);
        assert_eq!(run(&mut deck, &mut air, 512, 576, 64)[0], Report::Began { airing: B, at: 512 });

        let mut deck = Deck::new();
        let mut air = Air { left: vec![(A, 10_000), (B, 50)], ..Air::default() };
        deck.load(A, 0);
        deck.start(A, 0);
        run(&mut deck, &mut air, 0, 64, 64);
        deck.cut(16);
        deck.load(B, 0);
        deck.follow(A, B);
        let reports = run(&mut deck, &mut air, 64, 256, 64);
        assert_eq!(
            reports,
            [
                Report::Ended { airing: B, frames: 0, at: 0, whole: false },
                Report::Ended { airing: A, frames: 80, at: 80, whole: false },
            ]
        );
    }

    #[test]
    fn a_cut_ends_all_that_was_armed_once_and_fades_what_sounds() {
        let mut deck = Deck::new();
        let mut air = Air { left: vec![(A, 10_000), (B, 50), (Airing(3), 5)], ..Air::default() };
        deck.load(A, 0);
        deck.load(B, 0);
        deck.load(Airing(3), 0);
        deck.start(A, 0);
        deck.follow(A, B);
        run(&mut deck, &mut air, 0, 100, 50);
        deck.cut(480);
        let reports = run(&mut deck, &mut air, 100, 2000, 128);
        assert_eq!(
            reports,
            [
                Report::Ended { airing: B, frames: 0, at: 0, whole: false },
                Report::Dropped { airing: Airing(3) },
                Report::Ended { airing: A, frames: 580, at: 580, whole: false },
            ]
        );
        assert_eq!(deck.next_change(2000, &air), None);
    }

    #[test]
    fn a_start_waits_until_a_fade_is_over() {
        let mut deck = Deck::new();
        let mut air = Air { left: vec![(A, 10_000), (B, 50)], ..Air::default() };
        deck.load(A, 0);
        deck.start(A, 0);
        run(&mut deck, &mut air, 0, 64, 64);
        deck.cut(100);
        deck.load(B, 0);
        deck.start(B, 0);
        let reports = run(&mut deck, &mut air, 64, 1000, 32);
        assert_eq!(reports[1], Report::Began { airing: B, at: 164 });
    }

    #[test]
    fn a_starved_ring_delays_and_loses_nothing() {
        let mut deck = Deck::new();
        let mut air = Air { left: vec![(A, 100)], ..Air::default() };
        deck.load(A, 0);
        deck.start(A, 0);
        run(&mut deck, &mut air, 0, 50, 50);
        air.starved = true;
        run(&mut deck, &mut air, 50, 100, 50);
        air.starved = false;
        let reports = run(&mut deck, &mut air, 100, 200, 50);
        assert_eq!(reports, [Report::Ended { airing: A, frames: 100, at: 150, whole: true }]);
    }

    #[test]
    fn next_change_jumps_to_the_very_frame() {
        let mut deck = Deck::new();
        let mut air = Air { left: vec![(A, 1000)], ..Air::default() };
        deck.load(A, 0);
        deck.start(A, 333);
        assert_eq!(deck.next_change(0, &air), Some(333));
        run(&mut deck, &mut air, 0, 334, 334);
        assert_eq!(deck.next_change(334, &air), Some(1333));
    }

    #[test]
    fn an_armed_start_is_moved_and_a_sounding_one_is_not() {
        let mut deck = Deck::new();
        let mut air = Air { left: vec![(A, 1000)], ..Air::default() };
        deck.load(A, 0);
        deck.start(A, 500);
        deck.rearm(A, 200);
        let reports = run(&mut deck, &mut air, 0, 300, 100);
        assert_eq!(reports, [Report::Began { airing: A, at: 200 }]);
        deck.rearm(A, 900);
        assert_eq!(deck.sounding(), Some((A, 100)));
    }

    #[test]
    fn an_armed_start_is_taken_back_and_a_sounding_one_is_not() {
        let mut deck = Deck::new();
        let mut air = Air { left: vec![(A, 1000), (B, 500)], ..Air::default() };
        deck.load(A, 0);
        deck.start(A, 0);
        run(&mut deck, &mut air, 0, 100, 100);
        deck.load(B, 0);
        deck.start(B, 500);
        deck.disarm(A);
        deck.disarm(B);
        deck.disarm(B);
        assert_eq!(run(&mut deck, &mut air, 100, 900, 100), [Report::Ended { airing: B, frames: 0, at: 0, whole: false }]);
        assert_eq!(deck.sounding(), Some((A, 900)));
    }
}
