//! Sound a touch faster or slower: what keeps it in step with time on a device whose crystal is not.
//!
//! Promises: at the speed 1 frames pass bit for bit and at once. Another speed bends in without a jump, because at a whole position the
//! filter is the frame itself. What it adds lies below −80 dB up to 15 kHz at 48 kHz. It knows no device and no clock, and is not made for
//! other speeds than a crystal's: nothing here keeps a much faster sound from folding.

use std::sync::LazyLock;

/// Frames on either side of a position that the filter looks at.
const HALF: usize = 16;
const TAPS: usize = 2 * HALF;
/// Rows of the filter between one frame and the next; between rows it is a straight line, 100 dB below the signal.
const PHASES: usize = 256;
/// Of the Kaiser window: ripples 90 dB down.
const BETA: f64 = 9.0;
/// Sums that are kept side by side, so that the processor may work on as many at once.
const LANES: usize = 8;

type Row = [f32; TAPS];

/// The filter for each part of a frame, the last row being the first of the next frame.
static FILTER: LazyLock<Vec<Row>> = LazyLock::new(|| (0..=PHASES).map(|phase| row(phase as f64 / PHASES as f64)).collect());

fn row(part: f64) -> Row {
    let taps: Vec<f64> = (0..TAPS).map(|tap| tap as f64 - (HALF - 1) as f64 - part).map(|x| sinc(x) * kaiser(x)).collect();
    let sum: f64 = taps.iter().sum();
    let mut row = [0.0; TAPS];
    for (to, tap) in row.iter_mut().zip(taps) {
        *to = (tap / sum) as f32;
    }
    row
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else if x.fract() == 0.0 {
        // Exactly, so that a whole position gives the very frame.
        0.0
    } else {
        let angle = std::f64::consts::PI * x;
        angle.sin() / angle
    }
}

fn kaiser(x: f64) -> f64 {
    let inside = 1.0 - (x / HALF as f64).powi(2);
    bessel(BETA * inside.max(0.0).sqrt()) / bessel(BETA)
}

/// The modified Bessel function of the first kind, of order 0, by its series.
fn bessel(x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for n in 1..40 {
        term *= (x / 2.0 / f64::from(n)).powi(2);
        sum += term;
    }
    sum
}

/// Takes interleaved frames and gives them on at a speed that may change from block to block.
pub struct Glide {
    /// What is still looked at, channel by channel.
    held: Vec<Vec<f32>>,
    /// The position in `held` that comes next, and the part of a frame beyond it.
    at: usize,
    part: f64,
    /// Frames taken for one that is given.
    speed: f64,
    /// Frames that have gone out of `held` at its front.
    gone: u64,
    given: u64,
}

impl Glide {
    pub fn new(channels: u16) -> Glide {
        // Before the first frame there is silence.
        let held = vec![vec![0.0; HALF]; usize::from(channels.max(1))];
        Glide { held, at: HALF, part: 0.0, speed: 1.0, gone: 0, given: 0 }
    }

    /// From the next frame on.
    pub fn set_speed(&mut self, speed: f64) {
        self.speed = speed;
    }

    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// Frames are given on as they came, and always were.
    pub fn is_plain(&self) -> bool {
        self.speed == 1.0 && self.part == 0.0
    }

    /// Frames that were given.
    pub fn given(&self) -> u64 {
        self.given
    }

    /// How far into what was taken the next frame that is given lies.
    pub fn place(&self) -> f64 {
        (self.gone + self.at as u64 - HALF as u64) as f64 + self.part
    }

    /// Takes a block and adds to `out` what can be given; a bent sound is held back by the filter's half.
    pub fn push(&mut self, block: &[f32], out: &mut Vec<f32>) {
        let channels = self.held.len();
        for (channel, held) in self.held.iter_mut().enumerate() {
            held.extend(block.iter().skip(channel).step_by(channels));
        }
        let frames = self.held[0].len();
        if self.is_plain() {
            out.extend_from_slice(&block[block.len() - (frames - self.at) * channels..]);
            self.given += (frames - self.at) as u64;
            self.at = frames;
        } else {
            self.bend(frames.saturating_sub(HALF), out);
        }
        self.let_go();
    }

    /// Ends the input: adds to `out` all that is still owed.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        let frames = self.held[0].len();
        self.held.iter_mut().for_each(|held| held.resize(frames + HALF, 0.0));
        self.bend(frames, out);
        // The last position may lie a little beyond the last frame.
        (self.at, self.part) = (frames, 0.0);
    }

    /// Gives the frames whose positions lie before frame `end` of what is held.
    fn bend(&mut self, end: usize, out: &mut Vec<f32>) {
        let mut kernel = [0.0; TAPS];
        while self.at < end {
            let place = self.part * PHASES as f64;
            let (row, between) = (place as usize, place.fract() as f32);
            let (this, next) = (&FILTER[row], &FILTER[row + 1]);
            for (tap, (a, b)) in kernel.iter_mut().zip(this.iter().zip(next)) {
                *tap = a + between * (b - a);
            }
            let from = self.at + 1 - HALF;
            out.extend(self.held.iter().map(|held| product(&kernel, &held[from..from + TAPS])));
            self.given += 1;
            self.part += self.speed;
            let whole = self.part as usize;
            self.at += whole;
            self.part -= whole as f64;
        }
    }

    /// Forgets what no position looks back at.
    fn let_go(&mut self) {
        let gone = self.at - HALF;
        self.held.iter_mut().for_each(|held| drop(held.drain(..gone)));
        self.gone += gone as u64;
        self.at = HALF;
    }
}

fn product(kernel: &Row, frames: &[f32]) -> f32 {
    let mut sums = [0.0; LANES];
    for (taps, frames) in kernel.chunks_exact(LANES).zip(frames.chunks_exact(LANES)) {
        for (sum, (tap, frame)) in sums.iter_mut().zip(taps.iter().zip(frames)) {
            *sum += tap * frame;
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RATE: f64 = 48_000.0;

    fn sine(hertz: f64, frames: usize) -> Vec<f32> {
        (0..frames).map(|n| (0.5 * (n as f64 * hertz * std::f64::consts::TAU / RATE).sin()) as f32).collect()
    }

    /// One channel, with the speed of each block by its number.
    fn glide(input: &[f32], block: usize, speed: impl Fn(usize) -> f64) -> (Vec<f32>, Glide) {
        let (mut glide, mut out) = (Glide::new(1), Vec::new());
        for (n, block) in input.chunks(block).enumerate() {
            glide.set_speed(speed(n));
            glide.push(block, &mut out);
        }
        glide.finish(&mut out);
        (out, glide)
    }

    #[test]
    fn a_bent_tone_is_the_tone_that_is_so_much_lower_and_nothing_beside_it() {
        for ppm in [-200.0, 37.0, 200.0, 1000.0] {
            for hertz in [100.0, 1_000.0, 5_000.0, 10_000.0, 15_000.0] {
                let speed = 1.0 + ppm * 1e-6;
                let (out, _) = glide(&sine(hertz, 12_000), 4096, |_| speed);
                let wanted = sine(hertz * speed, out.len());
                let rest = |n: usize| f64::from(out[n] - wanted[n]).powi(2);
                let middle = 100..out.len() - 100;
                let power = middle.clone().map(rest).sum::<f64>() / middle.len() as f64;
                let below = 10.0 * (power / 0.125).log10();
                assert!(below < -80.0, "{hertz} Hz at {ppm} ppm: {below:.1} dB beside it");
            }
        }
    }

    #[test]
    fn a_changing_speed_makes_no_step_in_the_waveform() {
        // 0.5 at 1 kHz moves by 0.0655 a frame at most.
        let (out, _) = glide(&sine(1_000.0, 96_000), 1000, |n| if n < 20 { 1.0 } else { 1.0 + (n % 7) as f64 * 1e-4 });
        let steepest = out[..out.len() - 20].windows(2).fold(0.0f32, |most, pair| most.max((pair[1] - pair[0]).abs()));
        assert!(steepest < 0.0657, "{steepest}");
    }

    proptest! {
        #[test]
        fn at_the_speed_of_one_every_bit_passes_at_once(frames in proptest::collection::vec(-1.0f32..1.0, 0..500), block in 1usize..80) {
            let (mut glide, mut out) = (Glide::new(2), Vec::new());
            let frames = &frames[..frames.len() / 2 * 2];
            for block in frames.chunks(block * 2) {
                glide.push(block, &mut out);
                prop_assert_eq!(glide.given() * 2, out.len() as u64);
                prop_assert_eq!(glide.place(), glide.given() as f64);
            }
            prop_assert_eq!(&out, frames);
            glide.finish(&mut out);
            prop_assert_eq!(&out, frames);
        }

        #[test]
        fn as_many_frames_come_out_as_the_speed_says(frames in 0usize..3_000, ppm in -1_000i32..1_000, block in 1usize..700) {
            let speed = 1.0 + f64::from(ppm) * 1e-6;
            let (out, glide) = glide(&vec![0.25; frames], block, |_| speed);
            prop_assert!((out.len() as f64 - frames as f64 / speed).abs() <= 1.0);
            prop_assert_eq!(glide.given(), out.len() as u64);
            prop_assert_eq!(glide.place(), frames as f64);
            // A constant stays one, but where the sound begins and ends.
            prop_assert!(out.iter().skip(HALF).rev().skip(HALF).all(|sample| (sample - 0.25).abs() < 1e-5));
        }
    }
}
