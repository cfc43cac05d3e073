//! Random numbers that are the same in every run and on every machine: a failure can be repeated, and a
//! figure is of the same data (SplitMix64).

pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `end` - 1.
    pub fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    /// `true` so many times in a thousand.
    pub fn chance(&mut self, in_thousand: usize) -> bool {
        self.below(1000) < in_thousand
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// A pause shorter than the longest.
    pub fn pause(&mut self, longest: std::time::Duration) {
        std::thread::sleep(longest * self.below(1000) as u32 / 1000);
    }
}
