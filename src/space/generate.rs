//! What the spaces share to make networks without reading them.

use rand::{Rng, RngCore};

use super::{Architecture, EncodingError};

/// Networks made one after the other.
pub type Generated = Box<dyn Iterator<Item = Result<Architecture, EncodingError>> + Send>;

/// The `N` lowest digits of a number in a base, the highest first.
pub(super) fn digits<const N: usize>(mut number: u32, base: u32) -> [u32; N] {
    let mut digits = [0; N];
    for digit in digits.iter_mut().rev() {
        *digit = number % base;
        number /= base;
    }
    digits
}

/// All lists of `N` digits, in order.
pub(super) fn all_digits<const N: usize>(base: u32) -> impl Iterator<Item = [u32; N]> + Send {
    let length = u32::try_from(N).unwrap_or(0);
    (0..base.pow(length)).map(move |number| digits(number, base))
}

/// A list of `N` digits, every one as likely.
pub(super) fn random_digits<const N: usize>(random: &mut dyn RngCore, base: u32) -> [u32; N] {
    [(); N].map(|()| random.gen_range(0..base))
}
