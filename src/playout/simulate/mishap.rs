//! The closed list of what may go wrong, and how a run's mishaps are drawn from its seed.
//!
//! A mishap is a value with an instant of true time: a run is its list, so that a failing one can be made shorter and kept as a test.
//! Half of them are aimed: at starts, at boundaries between elements, at preemptions, and at the first moments after a start of the
//! daemon. The other half falls anywhere.
//!
//! What attackers used against the built program came later. It is drawn from dice of its own ([`Kinds::Both`]), so that a seed which
//! found something before still means what it meant.

use jiff::SignedDuration;

use crate::playout::simulate::dice::Dice;
use crate::terms::*;

/// Something goes wrong, or somebody wants something, at an instant of true time.
#[derive(Clone, Debug, PartialEq)]
pub struct Mishap {
    pub at: Wall,
    pub what: What,
}

/// Everything that may happen to a station.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The daemon is gone: the power is cut, it is killed, or it is stopped in good order. `after` so many more events and cues: between
    /// any two of them. What the disk was writing is there afterwards, or is not (`torn`).
    Off { how: Off, after: u32, torn: bool, lasting: SignedDuration, wakes: Wakes, vouched: Option<Vouched> },
    /// Writing takes this long.
    SlowDisk { sync: SignedDuration, lasting: SignedDuration },
    /// The disk is full, or can only be read.
    FullDisk { lasting: SignedDuration },
    /// The wall clock is set, by a time server or (with no evidence for it) by itself.
    Step { by: SignedDuration, synchronised: bool },
    /// A time server is heard, or a person confirms: the clock is right, and vouched for.
    Vouch(Voucher),
    /// A device is gone, stands still or runs ahead of time, and can be opened again later.
    Device { output: u32, how: Loss, lasting: SignedDuration },
    /// What is loaded in this time is late, or does not decode, or stops in its middle.
    Recordings { how: Spoilt, lasting: SignedDuration },
    /// Recordings in their folder are gone, damaged or replaced, and the daemon reads them anew; another time they are as they were.
    Library(Shelf),
    /// The plan changes: to another good one (there are so many), or to one with errors.
    Plan(Reload),
    /// The plan's files are saved as another good plan, and perhaps once more soon after: the daemon finds it out by itself.
    Edit { to: u32, again: Option<(SignedDuration, u32)> },
    /// A copy of the store is damaged where it lies. `shows`: its file looks different afterwards. The original is whole.
    Copy { item: u32, shows: bool },
    /// Rundowns are this late.
    SlowPlanner { by: SignedDuration, lasting: SignedDuration },
    /// The conductor stands still, as a machine does that swaps: the lease runs out after two seconds.
    Stall { lasting: SignedDuration },
    /// A device hangs: its frames stop, and whoever opens or closes it does not come back before this is over.
    Hang { output: u32, lasting: SignedDuration },
    /// Nobody reads the trace: the terminal stands still.
    StalledTrace { lasting: SignedDuration },
    /// A person's order. `again`: the same request comes twice.
    Order { order: Wish, again: bool },
    /// A person sets the clock wrong by so much and vouches for it, and may order something by that time; later it is set right, or what
    /// befalls the station then comes first.
    WrongTime { off_by: SignedDuration, corrected: Vouched, order: Option<Wish>, then: Option<Box<Mishap>> },
    /// The network's time is heard, then lost, and the clock goes astray in so many steps.
    Adrift { steps: u32, by: SignedDuration },
    /// Somebody edits the plan about an [`What::Off`]: the daemon takes it in and is gone soon afterwards, or (`unseen`) only the next start
    /// finds it.
    Edited { edit: Edit, unseen: bool, off: Box<What> },
    /// The power is cut, and takes the log with it; somebody may have asked for silence just before (`held`).
    LogLost { off: Box<What>, left: Left, held: bool },
}

/// What a start finds in the place of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// The copy that was made last: up to six hours older.
    Copy,
    /// A new log, in a folder where everything else is as it was.
    Nothing,
}

impl What {
    /// The end of the daemon that it is, if it is one.
    pub fn off(&self) -> Option<&What> {
        match self {
            What::Off { .. } => Some(self),
            What::LogLost { off, .. } => Some(off),
            What::Edited { off, .. } => off.off(),
            _ => None,
        }
    }
}

impl Mishap {
    /// The same, but the log stays: a simulation's own lies on a real disk.
    pub fn with_its_log(self) -> Mishap {
        match self.what {
            What::LogLost { off, .. } => Mishap { what: *off, ..self },
            what => Mishap { what, ..self },
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Off {
    PowerCut,
    Crash,
    Stopped,
}

/// What the clock says after a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wakes {
    /// A real-time clock kept it, this much off.
    Kept(SignedDuration),
    /// There is none: time goes on where it stopped.
    Carried,
    In1970 {
        rtc: bool,
    },
    In2080 {
        rtc: bool,
    },
}

/// Evidence that comes late; `None` in its place is evidence that never comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vouched {
    pub after: SignedDuration,
    pub by: Voucher,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voucher {
    TimeServer,
    Person,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    Vanishes,
    /// Its frames stop.
    StandsStill,
    /// It takes frames faster than time goes, and sounds none of them.
    RunsFast,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoilt {
    Late(SignedDuration),
    Missing,
    Corrupt,
    /// After so much of it has sounded.
    Midway(SignedDuration),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// One in so many recordings.
    Missing(u32),
    Corrupt(u32),
    /// By others, longer ones.
    Replaced,
    AsItWas,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reload {
    Good(u32),
    Bad,
    Edit(Edit),
}

/// What a person does to the plan that the station had in the beginning: it takes something away from what is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Only the first of so many parts of each stretch of hours is left; of no parts, none.
    Hours { parts: u32 },
    /// An item is taken out, or has been valid until long ago.
    Withdraw { item: u32, invalid: bool },
    /// Every broadcast has another id.
    Rename,
    /// It is as it was.
    Undo,
}

impl Edit {
    pub const ALL: [Edit; 13] = [
        Edit::Undo,
        Edit::Rename,
        Edit::Hours { parts: 0 },
        Edit::Hours { parts: 2 },
        Edit::Hours { parts: 4 },
        Edit::Withdraw { item: 0, invalid: false },
        Edit::Withdraw { item: 1, invalid: false },
        Edit::Withdraw { item: 2, invalid: false },
        Edit::Withdraw { item: 3, invalid: false },
        Edit::Withdraw { item: 0, invalid: true },
        Edit::Withdraw { item: 1, invalid: true },
        Edit::Withdraw { item: 2, invalid: true },
        Edit::Withdraw { item: 3, invalid: true },
    ];
}

/// What a person wants; numbers choose from what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    Play {
        item: u32,
        priority: Priority,
        output: Option<u32>,
    },
    Stop {
        output: Option<u32>,
    },
    Hold {
        lasting: Option<SignedDuration>,
    },
    Release,
    /// The slot that comes so many places after now.
    Skip {
        next: u32,
    },
    Unskip {
        next: u32,
    },
    /// From now on or later, for so long; of the programmes one airs all the same, or none.
    Mourn {
        ahead: SignedDuration,
        lasting: SignedDuration,
        only: Option<u32>,
    },
    /// Every mourning is taken back.
    EndMourning,
}

/// What mishaps are aimed at: instants at which the plan has something to do, in order.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    pub starts: Vec<Wall>,
    pub boundaries: Vec<Wall>,
    /// Where a higher priority takes over, or two slots meet.
    pub preemptions: Vec<Wall>,
}

/// Which mishaps a run has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinds {
    /// Those of the first edition alone: what its seeds found is repeated with these.
    First,
    Both,
    /// And people who order a mourning.
    All,
}

const fn secs(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

/// Draws the mishaps of a seed between two instants, in order: `most` at most of the first kinds, and about half as many of the others.
pub fn draw(seed: u64, kinds: Kinds, targets: &Targets, from: Wall, to: Wall, most: u32) -> Vec<Mishap> {
    let drawn = |seed: u64, most: u32, what: fn(&mut Dice) -> What| {
        let mut dice = Dice::of(seed);
        let count = most / 4 + dice.below(most - most / 4 + 1);
        drawn(&mut dice, targets, from, to, count as usize, what)
    };
    let mut mishaps = drawn(seed, most, what);
    if kinds != Kinds::First {
        mishaps.extend(drawn(seed ^ 0x6174_7461_636b, most.div_ceil(2), attack));
    }
    if kinds == Kinds::All && Dice::of(seed ^ 0x7461_6e67).one_in(3) {
        mishaps.extend(drawn(seed ^ 0x6d6f_7572, 2, mourning));
    }
    mishaps.sort_by_key(|mishap| mishap.at);
    mishaps
}

fn drawn(dice: &mut Dice, targets: &Targets, from: Wall, to: Wall, count: usize, what: fn(&mut Dice) -> What) -> Vec<Mishap> {
    let mut mishaps: Vec<Mishap> = Vec::with_capacity(count);
    while mishaps.len() < count {
        let after_off = mishaps.iter().rev().find_map(|mishap| match mishap.what.off() {
            Some(What::Off { lasting, .. }) => Some(mishap.at + *lasting),
            _ => None,
        });
        let at = if dice.one_in(2) { aimed(dice, targets, after_off) } else { None };
        let at = at.unwrap_or_else(|| from + dice.span(SignedDuration::ZERO, to - from));
        mishaps.push(Mishap { at: at.clamp(from, to), what: what(dice) });
    }
    // Stable: mishaps of one instant keep the order in which they were drawn.
    mishaps.sort_by_key(|mishap| mishap.at);
    mishaps
}

fn aimed(dice: &mut Dice, targets: &Targets, after_off: Option<Wall>) -> Option<Wall> {
    let (instants, before, after) = match dice.below(8) {
        0..=2 => (&targets.starts, secs(7), secs(4)),
        3..=4 => (&targets.boundaries, secs(4), secs(2)),
        5..=6 => (&targets.preemptions, secs(8), secs(40)),
        _ => return after_off.map(|at| at + dice.span(SignedDuration::ZERO, secs(8))),
    };
    let at = *dice.choose(instants)?;
    // Some on the very instant.
    Some(if dice.one_in(8) { at } else { at + dice.span(-before, after) })
}

fn what(dice: &mut Dice) -> What {
    match dice.below(30) {
        0..=7 => off(dice),
        8..=9 => What::SlowDisk { sync: dice.length(secs(9)), lasting: dice.length(secs(1800)) },
        10 => What::FullDisk { lasting: dice.length(secs(7200)) },
        11..=12 => What::Step { by: step(dice), synchronised: !dice.one_in(4) },
        13 => What::Vouch(voucher(dice)),
        14..=16 => What::Device {
            output: dice.below(4),
            how: *dice.choose(&[Loss::Vanishes, Loss::Vanishes, Loss::StandsStill, Loss::RunsFast]).unwrap_or(&Loss::Vanishes),
            lasting: dice.length(secs(1200)),
        },
        17 => What::Recordings { how: spoilt(dice), lasting: dice.length(secs(600)) },
        18 => What::Library(match dice.below(4) {
            0 => Shelf::Missing(1 + dice.below(3)),
            1 => Shelf::Corrupt(1 + dice.below(3)),
            2 => Shelf::Replaced,
            _ => Shelf::AsItWas,
        }),
        19..=20 => What::Plan(if dice.one_in(3) { Reload::Bad } else { Reload::Good(dice.below(3)) }),
        21 => What::SlowPlanner { by: dice.length(secs(120)), lasting: dice.length(secs(3600)) },
        22 => What::Stall { lasting: dice.length(secs(20)) },
        _ => What::Order { order: wish(dice), again: dice.one_in(6) },
    }
}

/// What attackers did to the built program.
fn attack(dice: &mut Dice) -> What {
    match dice.below(12) {
        0..=2 => wrong_clock(dice),
        3 => What::Hang { output: dice.below(4), lasting: dice.length(secs(1200)) },
        4 => What::StalledTrace { lasting: dice.length(secs(1200)) },
        5 => What::Plan(Reload::Edit(edit(dice))),
        6 => What::Edit { to: dice.below(3), again: dice.one_in(2).then(|| (dice.length(secs(8)), dice.below(3))) },
        7..=8 => log_lost(dice),
        9 => What::Copy { item: dice.below(64), shows: dice.one_in(2) },
        _ => What::Edited { edit: edit(dice), unseen: dice.one_in(2), off: Box::new(off(dice)) },
    }
}

/// A mourning of hours or of a day, and now and then its end before its time.
fn mourning(dice: &mut Dice) -> What {
    let order = match dice.below(4) {
        0 => Wish::EndMourning,
        _ => Wish::Mourn {
            ahead: if dice.one_in(2) { SignedDuration::ZERO } else { dice.length(secs(6 * 3600)) },
            lasting: dice.length(secs(24 * 3600)),
            only: dice.one_in(3).then(|| dice.below(8)),
        },
    };
    What::Order { order, again: dice.one_in(6) }
}

/// A clock that is believed and wrong, or that somebody vouched for once.
fn wrong_clock(dice: &mut Dice) -> What {
    match dice.below(3) {
        0 => {
            let corrected = Vouched { after: dice.length(secs(8 * 3600)), by: voucher(dice) };
            let off_by = wrong_by(dice);
            let order = dice.one_in(3).then(|| Wish::Play { item: dice.below(64), priority: Priority::Emergency, output: None });
            What::WrongTime { off_by, corrected, order, then: dice.one_in(3).then(|| Box::new(found_out(dice))) }
        }
        1 => {
            // Each of them less than an hour, or one of any size.
            let by = if dice.one_in(2) { secs(3540) } else { wrong_by(dice) };
            What::Adrift { steps: 1 + dice.below(4), by }
        }
        _ => wakes_wrong(dice),
    }
}

/// The power is cut soon after, and the network knows better as soon as it is back.
fn found_out(dice: &mut Dice) -> Mishap {
    let vouched = Some(Vouched { after: dice.length(secs(60)), by: Voucher::TimeServer });
    let (lasting, wakes) = (dice.length(secs(20)), Wakes::Kept(SignedDuration::ZERO));
    let what = What::Off { how: Off::PowerCut, after: dice.below(4), torn: false, lasting, wakes, vouched };
    Mishap { at: Wall(0) + dice.length(secs(60)), what }
}

/// An RTC that keeps local time, one that runs fast or slow, a mistyped hour, day or month.
fn wrong_by(dice: &mut Dice) -> SignedDuration {
    let by = match dice.below(5) {
        0 => secs(7 * 3600),
        1 => secs(120),
        2 => secs(24 * 3600),
        3 => secs(30 * 24 * 3600),
        _ => dice.length(secs(13 * 3600)),
    };
    if dice.one_in(3) { -by } else { by }
}

/// A power cut after which an RTC is wrong, now and then just before something is due.
fn wakes_wrong(dice: &mut Dice) -> What {
    let wakes = Wakes::Kept(if dice.one_in(3) { SignedDuration::ZERO } else { wrong_by(dice) });
    let vouched = (!dice.one_in(3)).then(|| Vouched { after: dice.length(secs(4 * 3600)), by: voucher(dice) });
    let lasting = if dice.one_in(3) { dice.length(secs(8 * 3600)) } else { dice.length(secs(50)) };
    What::Off { how: Off::PowerCut, after: dice.below(40), torn: dice.one_in(2), lasting, wakes, vouched }
}

fn edit(dice: &mut Dice) -> Edit {
    match dice.below(5) {
        0..=1 => Edit::Rename,
        _ => *dice.choose(&Edit::ALL).unwrap_or(&Edit::Undo),
    }
}

/// Half of the machines wake with the time at which they stopped.
fn log_lost(dice: &mut Dice) -> What {
    let mut off = off(dice);
    if let What::Off { how, wakes, .. } = &mut off {
        (*how, *wakes) = (Off::PowerCut, if dice.one_in(2) { Wakes::Carried } else { Wakes::Kept(SignedDuration::ZERO) });
    }
    What::LogLost { off: Box::new(off), left: if dice.one_in(2) { Left::Copy } else { Left::Nothing }, held: dice.one_in(2) }
}

fn off(dice: &mut Dice) -> What {
    let how = *dice.choose(&[Off::PowerCut, Off::PowerCut, Off::Crash, Off::Stopped]).unwrap_or(&Off::PowerCut);
    let wakes = match dice.below(8) {
        0..=3 => Wakes::Kept(SignedDuration::ZERO),
        4 => Wakes::Kept(dice.span(-secs(20), secs(20))),
        5 => Wakes::Carried,
        6 => Wakes::In1970 { rtc: dice.one_in(2) },
        _ => Wakes::In2080 { rtc: dice.one_in(2) },
    };
    let vouched = (!dice.one_in(4)).then(|| Vouched { after: dice.length(secs(1800)), by: voucher(dice) });
    let lasting = if dice.one_in(3) { dice.length(secs(8 * 3600)) } else { dice.length(secs(90)) };
    What::Off { how, after: dice.below(40), torn: dice.one_in(2), lasting, wakes, vouched }
}

fn step(dice: &mut Dice) -> SignedDuration {
    let most = *dice.choose(&[secs(2), secs(60), secs(600), secs(3 * 3600)]).unwrap_or(&secs(60));
    dice.span(-most, most)
}

fn voucher(dice: &mut Dice) -> Voucher {
    if dice.one_in(2) { Voucher::TimeServer } else { Voucher::Person }
}

fn spoilt(dice: &mut Dice) -> Spoilt {
    match dice.below(4) {
        0 => Spoilt::Late(dice.length(secs(20))),
        1 => Spoilt::Missing,
        2 => Spoilt::Corrupt,
        _ => Spoilt::Midway(dice.length(secs(30))),
    }
}

fn wish(dice: &mut Dice) -> Wish {
    let output = |dice: &mut Dice| dice.one_in(2).then(|| dice.below(4));
    match dice.below(10) {
        0..=1 => Wish::Play { item: dice.below(64), priority: Priority::Ordinary, output: output(dice) },
        2 => Wish::Play { item: dice.below(64), priority: Priority::Priority, output: output(dice) },
        3..=4 => Wish::Play { item: dice.below(64), priority: Priority::Emergency, output: output(dice) },
        5 => Wish::Stop { output: output(dice) },
        6 => Wish::Hold { lasting: dice.one_in(2).then(|| dice.length(secs(3600))) },
        7 => Wish::Release,
        8 => Wish::Skip { next: dice.below(4) },
        _ => Wish::Unskip { next: dice.below(4) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_mishaps_are_aimed() {
        let day = |n: i64| Wall(0) + SignedDuration::from_hours(24 * n + 5);
        let targets = Targets {
            starts: (0..100).map(day).collect(),
            boundaries: (0..100).map(|n| day(n) + secs(600)).collect(),
            preemptions: (0..100).map(|n| day(n) + secs(1200)).collect(),
        };
        let mishaps = drawn(&mut Dice::of(1), &targets, Wall(0), day(100), 4_000, what);
        let offs: Vec<Wall> = mishaps
            .iter()
            .filter_map(|mishap| match mishap.what {
                What::Off { lasting, .. } => Some(mishap.at + lasting),
                _ => None,
            })
            .collect();
        let instants: Vec<Wall> = [targets.starts, targets.boundaries, targets.preemptions].concat();
        let near = |at: Wall| instants.iter().any(|target| *target - secs(8) <= at && at <= *target + secs(40));
        let aimed = mishaps.iter().filter(|mishap| near(mishap.at)).count();
        let after =
            mishaps.iter().filter(|mishap| offs.iter().any(|off| *off <= mishap.at && mishap.at <= *off + secs(8))).count();
        assert!((1_650..1_860).contains(&aimed), "{aimed} of 4,000 at starts, boundaries and preemptions: seven of sixteen");
        assert!(after > 190, "{after} in the first moments after a start: one of sixteen");
    }
}
