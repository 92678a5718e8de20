//! What a layer does to features on the way forward, and to gradients on the way back.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use super::window;

/// Features at a place of the network: the field of numbers that a channel is, over pixels and images.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Features {
    /// The variance.
    pub variance: f64,
    /// The correlation of neighbouring pixels, from 0 to 1; that of pixels further apart is a power of it.
    pub correlation: f64,
    /// The mean.
    pub mean: f64,
    /// How many `ReLU`s they have passed, weighted by variance.
    pub depth: f64,
    /// Whether none is negative.
    pub is_rectified: bool,
}

/// The gradient of the loss at a place of the network.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gradient {
    /// The variance; the mean is 0.
    pub variance: f64,
    /// The correlation of neighbouring pixels.
    pub correlation: f64,
    /// The covariance of the gradients for two images, over the variance.
    pub overlap: f64,
}

/// A layer with its numbers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Layer {
    /// `ReLU`.
    Relu,
    /// Batch normalization: mean 0 and variance 1.
    Norm,
    /// A convolution with random weights.
    Conv(Conv),
    /// The mean of a window, at each place or at every second and so on.
    Mean {
        /// The side of the window.
        kernel: u64,
        /// The distance of windows.
        stride: u64,
    },
    /// The maximum of a window.
    Max {
        /// The side of the window.
        kernel: u64,
        /// The distance of windows.
        stride: u64,
    },
}

/// The numbers of a convolution.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conv {
    /// The side of its window.
    pub kernel: f64,
    /// The channels that an output reads.
    pub inputs: f64,
    /// The channels of its output.
    pub outputs: f64,
    /// The outputs that read an input at a place, of a stride of 1.
    pub readers: f64,
    /// The distance of the windows.
    pub stride: i32,
    /// The side of its output in pixels.
    pub side: f64,
}

/// What weights do to a variance: they are uniform from −1/√n to 1/√n for n numbers that an output reads, which is the
/// default of `PyTorch`. Where normalization follows it makes no difference.
const GAIN: f64 = 1.0 / 3.0;

/// The variance of a rectified normal number of variance 1, ½ − 1/2π.
const RECTIFIED: f64 = 0.5 - 1.0 / (2.0 * PI);

/// No variance is smaller, so that one can divide by it.
const LEAST: f64 = 1e-200;

impl Features {
    /// The mean of the squares.
    pub fn square(&self) -> f64 {
        self.variance + self.mean * self.mean
    }
}

impl Layer {
    /// Whether it is a sum of what it reads with the same weights everywhere, so that what it reads and what it writes can be
    /// added up coherently.
    pub fn is_linear(&self) -> bool {
        matches!(self, Layer::Norm | Layer::Mean { stride: 1, .. })
    }

    /// What it makes of features.
    pub fn forward(&self, x: &Features) -> Features {
        match *self {
            Layer::Relu => rectify(x),
            Layer::Norm => Features { variance: 1.0, mean: 0.0, is_rectified: false, ..*x },
            Layer::Conv(conv) => Features {
                variance: GAIN * x.variance,
                correlation: power(x.correlation, conv.stride),
                mean: 0.0,
                is_rectified: false,
                ..*x
            },
            Layer::Mean { kernel, stride } => {
                let (own, next) = window::mean(kernel, stride, x.correlation);
                Features { variance: x.variance * own * own, correlation: next / own, ..*x }
            }
            Layer::Max { kernel, stride } if x.is_rectified => {
                let normal = Features {
                    variance: x.variance / RECTIFIED,
                    correlation: before_rectifying(x.correlation),
                    mean: 0.0,
                    is_rectified: false,
                    ..*x
                };
                let most = rectify(&maximum(kernel, stride, &normal));
                Features { depth: x.depth, ..most }
            }
            Layer::Max { kernel, stride } => maximum(kernel, stride, x),
        }
    }

    /// What it makes of the gradient of what it writes, if it reads `x`.
    pub fn backward(&self, x: &Features, gradient: &Gradient) -> Gradient {
        let Gradient { variance, correlation, overlap } = *gradient;
        match *self {
            Layer::Relu if x.is_rectified => *gradient,
            Layer::Relu => {
                let passed = if x.mean == 0.0 { 0.5 } else { positive(x.mean / root(x.variance)) };
                Gradient {
                    variance: variance * passed,
                    correlation: correlation * both_positive(x.correlation),
                    overlap: overlap * passed,
                }
            }
            Layer::Norm => Gradient { variance: variance / x.variance.max(LEAST), ..*gradient },
            Layer::Conv(conv) => {
                let stride = f64::from(conv.stride);
                Gradient {
                    variance: variance * GAIN * conv.readers / (conv.inputs * stride * stride),
                    // Neighbours are read by different outputs, or with different weights.
                    correlation: if conv.stride > 1 { 0.0 } else { correlation },
                    overlap,
                }
            }
            Layer::Mean { kernel, stride } => {
                let (own, next) = window::spread(kernel, stride, correlation);
                Gradient { variance: variance * own * own, correlation: next / own, overlap }
            }
            Layer::Max { kernel, stride } => {
                let (own, next) = window::spread(kernel, stride, correlation);
                let (side, area) = (kernel as f64, (stride * stride) as f64);
                // A window has one maximum, so that none has two neighbours.
                let twice = (side - 1.0) / (side * side * side);
                Gradient {
                    variance: variance / area,
                    correlation: (own * next * area - twice).clamp(0.0, 1.0),
                    overlap: overlap * own * own * area,
                }
            }
        }
    }
}

impl Layer {
    /// What it multiplies positive numbers by if weights are positive and normalizations left out.
    pub fn positive_gain(&self) -> f64 {
        match self {
            Layer::Conv(conv) => conv.kernel * conv.inputs.sqrt() / 2.0,
            _ => 1.0,
        }
    }

    /// What it multiplies derivatives by on their way back.
    pub fn positive_gain_back(&self) -> f64 {
        let over = |stride: u64| 1.0 / (stride * stride) as f64;
        match *self {
            Layer::Conv(conv) => {
                let stride = f64::from(conv.stride);
                conv.kernel * conv.readers / (2.0 * conv.inputs.sqrt() * stride * stride)
            }
            Layer::Mean { stride, .. } | Layer::Max { stride, .. } => over(stride),
            Layer::Relu | Layer::Norm => 1.0,
        }
    }
}

impl Conv {
    /// How many numbers it writes.
    pub fn numbers(&self) -> f64 {
        self.outputs * self.side * self.side
    }

    /// The norm of the gradient of its weights, for the gradient of what it writes.
    pub fn norm_of_gradient(&self, x: &Features, gradient: &Gradient) -> f64 {
        let window = self.kernel * self.kernel;
        let products = window * self.inputs * self.outputs * self.side * self.side;
        (products * gradient.variance * x.square()).sqrt()
    }
}

/// `ReLU` of normal features.
fn rectify(x: &Features) -> Features {
    if x.is_rectified {
        return *x;
    }
    let (mean, variance) = if x.mean == 0.0 {
        ((x.variance / (2.0 * PI)).sqrt(), x.variance * RECTIFIED)
    } else {
        let spread = root(x.variance);
        let density = spread * libm::exp(-x.mean * x.mean / (2.0 * x.variance.max(LEAST)))
            / (2.0 * PI).sqrt();
        let positive = positive(x.mean / spread);
        let mean = x.mean * positive + density;
        let square = x.square() * positive + x.mean * density;
        (mean, (square - mean * mean).max(LEAST))
    };
    Features {
        variance,
        mean,
        correlation: rectified_correlation(x.correlation),
        depth: x.depth + 1.0,
        is_rectified: true,
    }
}

/// The maximum of a window of normal features: of numbers all pairs of which correlate as the pairs of the window do on
/// average.
fn maximum(kernel: u64, stride: u64, x: &Features) -> Features {
    let (own, next) = window::mean(kernel, stride, x.correlation);
    let area = (kernel * kernel) as f64;
    if area <= 1.0 {
        return Features { correlation: next / own, ..*x };
    }
    let shared = kernel.saturating_sub(stride) as f64 / kernel as f64;
    let inside = (area * own * own - 1.0) / (area - 1.0);
    let across = (area * own * next - shared) / (area - shared);
    let (mean, variance) = window::maximum(kernel);
    let apart = (1.0 - inside) * variance;
    Features {
        variance: x.variance * (inside + apart),
        mean: x.mean + mean * (x.variance * (1.0 - inside)).max(0.0).sqrt(),
        correlation: ((across + apart * shared) / (inside + apart)).clamp(0.0, 1.0),
        ..*x
    }
}

fn root(variance: f64) -> f64 {
    variance.max(LEAST).sqrt()
}

/// How likely a normal number is positive if its mean is so many standard deviations.
fn positive(mean: f64) -> f64 {
    0.5 * libm::erfc(-mean * FRAC_1_SQRT_2)
}

/// How likely a normal number is positive if another one of this correlation is; both have mean 0.
fn both_positive(correlation: f64) -> f64 {
    1.0 - libm::acos(correlation) / PI
}

/// The correlation of two rectified normal numbers with mean 0: Cho and Saul, *Kernel Methods for Deep Learning*, NIPS 2009.
fn rectified_correlation(correlation: f64) -> f64 {
    let sine = (1.0 - correlation * correlation).max(0.0).sqrt();
    let product = sine + correlation * (PI - libm::acos(correlation));
    ((product - 1.0) / (PI - 1.0)).clamp(0.0, 1.0)
}

/// The inverse of [`rectified_correlation`] from 0 to 1: that of the parabola through both ends with the slope at 0, and
/// a step of Newton's method from there.
fn before_rectifying(correlation: f64) -> f64 {
    const SLOPE: f64 = PI / 2.0 / (PI - 1.0);
    const BEND: f64 = 1.0 - SLOPE;
    let start = ((SLOPE * SLOPE + 4.0 * BEND * correlation).sqrt() - SLOPE) / (2.0 * BEND);
    let slope = (PI - libm::acos(start.clamp(0.0, 1.0))) / (PI - 1.0);
    (start - (rectified_correlation(start.clamp(0.0, 1.0)) - correlation) / slope).clamp(0.0, 1.0)
}

/// A whole power; of the usual ones without a loop.
fn power(base: f64, exponent: i32) -> f64 {
    match exponent {
        1 => base,
        2 => base * base,
        _ => (1..exponent).fold(base, |power, _| power * base),
    }
}
