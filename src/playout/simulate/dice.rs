//! Dice that fall the same way for the same seed, on every machine and in every version.

use jiff::SignedDuration;

/// SplitMix64: small, well mixed, and written down here so that no library can change what a seed means.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn of(seed: u64) -> Dice {
        Dice(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 ≤ n < `sides`; 0 for no sides.
    pub fn below(&mut self, sides: u32) -> u32 {
        u32::try_from((u128::from(self.roll()) * u128::from(sides)) >> 64).unwrap_or(0)
    }

    pub fn one_in(&mut self, sides: u32) -> bool {
        self.below(sides) == 0
    }

    pub fn choose<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(u32::try_from(from.len()).unwrap_or(u32::MAX)) as usize)
    }

    /// `from` ≤ length < `to`, to the nanosecond.
    pub fn span(&mut self, from: SignedDuration, to: SignedDuration) -> SignedDuration {
        let width = u128::try_from(to.saturating_sub(from).as_nanos()).unwrap_or(0);
        let nanos = (u128::from(self.roll()) * width) >> 64;
        from.saturating_add(SignedDuration::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX)))
    }

    /// Up to `most`, short ones more often: as many below a tenth of it as above.
    pub fn length(&mut self, most: SignedDuration) -> SignedDuration {
        let top = if self.one_in(2) { most / 10 } else { most };
        self.span(SignedDuration::from_millis(1), top.max(SignedDuration::from_millis(2)))
    }
}
