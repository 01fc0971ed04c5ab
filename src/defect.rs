//! Deliberate defects of the engine, so that a test can see that the laws bite (`daemon/simulation/mutation.rs`).
//!
//! The seam is one macro: `defect!(Name)` asks whether the engine of this test has that defect. Outside tests it is the constant
//! `false`, so that the program has nothing of it.

#[cfg(not(test))]
macro_rules! defect {
    ($name:ident) => {
        false
    };
}

#[cfg(test)]
macro_rules! defect {
    ($name:ident) => {
        $crate::defect::is($crate::defect::Defect::$name)
    };
}

pub(crate) use defect;

#[cfg(test)]
pub use list::{Defect, is, set};

#[cfg(test)]
mod list {
    use std::cell::Cell;
    use std::fmt;
    use std::str::FromStr;

    use serde::{Deserialize, Serialize};

    use crate::terms::{Unlisted, closed};

    closed! {
        /// What may be wrong with an engine under test.
        Defect {
            /// Nothing ever starts, and every slot ends neatly as missed.
            MutedOutput = "muted_output",
            /// A slot's `end` row is written twice.
            EndsTwice = "ends_twice",
            /// A slot that is left out or skipped is forgotten.
            ForgetsSkipped = "forgets_skipped",
            /// A slot that aired in part is logged as aired.
            TellsPartialAsAired = "tells_partial_as_aired",
            /// What follows a voice that was cut sounds all the same.
            FollowsACut = "follows_a_cut",
            /// Airtime is what was planned, not what the device took.
            AirtimeFromPlan = "airtime_from_plan",
            /// No row for a take that was cut off.
            ForgetsCutTakes = "forgets_cut_takes",
            /// A hold does not keep slots from starting.
            IgnoresHold = "ignores_hold",
            /// An emergency goes on past its end.
            EndlessEmergency = "endless_emergency",
            /// After a start everything of an open slot airs again.
            AirsAgain = "airs_again",
            /// A doubtful clock is good enough.
            BelievesAnyClock = "believes_any_clock",
            /// What sounds at the close of hours sounds on.
            IgnoresClose = "ignores_close",
            /// Starts are a twentieth of a second late.
            StartsLate = "starts_late",
            /// The device is left open.
            LeavesOpen = "leaves_open",
            /// What a higher priority displaced never goes on.
            NeverResumes = "never_resumes",
            /// An order to stop has no row.
            ForgetsStops = "forgets_stops",
            /// An order is answered before its row is handed over.
            AnswersFirst = "answers_first",
            /// A request that comes twice is carried out twice.
            ObeysTwice = "obeys_twice",
            /// What was closed by a time that turned out wrong stays closed.
            NeverReopens = "never_reopens",
            /// The network's word of once vouches for every later step.
            NtpForEver = "ntp_for_ever",
            /// Each unsynchronised step is judged alone.
            JudgesStepsAlone = "judges_steps_alone",
            /// What a person ordered by a time that turned out wrong waits until that time comes.
            KeepsFalseOrders = "keeps_false_orders",
            /// An RTC alone does not wait for the network.
            RtcAirsAtOnce = "rtc_airs_at_once",
            /// Whoever decides waits for a device that hangs.
            JoinsDevices = "joins_devices",
            /// The conductor waits for whoever reads the trace.
            WaitsForTrace = "waits_for_trace",
            /// What a start recovers goes on as it was settled, whatever the plan says by now.
            ResumesByOldPlan = "resumes_by_old_plan",
            /// Hours that a reload closes do not hold for what waits or is on air.
            IgnoresClosedHours = "ignores_closed_hours",
            /// What was added after its instant is owed by a start.
            OwesRenamed = "owes_renamed",
            /// A plan that is edited while it is read, or while the station starts, stays unread.
            ForgetsEdits = "forgets_edits",
            /// A stored copy that is damaged is left as it is.
            CopyStaysDamaged = "copy_stays_damaged",
            /// Recordings that are missing are no fault of the status.
            HidesMissing = "hides_missing",
            /// A start that finds its log lost passes for the first one.
            LostLogIsFirst = "lost_log_is_first",
            /// A mark is written before what waited before it.
            MarksOvertake = "marks_overtake",
            /// Each failure of the disk doubles the wait, for ever.
            WaitsEverLonger = "waits_ever_longer",
            /// What waited for a failing disk does not say so.
            LateRowsSayNothing = "late_rows_say_nothing",
            /// A lost device is not tried again.
            NeverRetries = "never_retries",
            /// A lost device is tried again although it was closed meanwhile.
            RetriesForEver = "retries_for_ever",
            /// What is armed when its device is lost is not told to have ended.
            ForgetsDebts = "forgets_debts",
            /// A device whose frames stand still is taken for a sound one.
            WatchesNothing = "watches_nothing",
            /// A holiday that silences the station silences nothing.
            AirsOnHolidays = "airs_on_holidays",
            /// A start knows of no mourning.
            ForgetsMourning = "forgets_mourning",
            /// Pools have recordings for emergencies.
            PicksEmergencies = "picks_emergencies",
            /// An item airs as often as it is planned, whatever its limits.
            ForgetsAirings = "forgets_airings",
            /// The station's hours hold on every output.
            IgnoresOutputHours = "ignores_output_hours",
            /// A hold is known by the log alone.
            LostLogForgetsHold = "lost_log_forgets_hold",
            /// An item airs on, whatever its days.
            AirsExpired = "airs_expired",
            /// A pick takes what the broadcast before had.
            RepeatsPicks = "repeats_picks",
        }
    }

    thread_local! {
        static PRESENT: Cell<Option<Defect>> = const { Cell::new(None) };
    }

    /// The engine of this thread has the defect, or none, from now on.
    pub fn set(defect: Option<Defect>) {
        PRESENT.set(defect);
    }

    pub fn is(defect: Defect) -> bool {
        PRESENT.get() == Some(defect)
    }
}
