//! Counting layer by layer.

/// Parameters and operations so far. See [the module](super) for what is counted.
///
/// A `side` is the height and width of the layer's output, in pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Tally {
    pub params: u64,
    pub flops: u64,
    /// The norms of the weights of convolutions and linear layers, expected where weights are uniform from −1/√n to
    /// 1/√n for n inputs of an output: √(outputs / 3).
    pub norms: f64,
}

impl Tally {
    /// Adds parameters, and operations at each place of an output. What a file describes may be too much to count.
    fn add(&mut self, params: u64, flops: u64, side: u64) {
        let area = side.saturating_mul(side);
        self.params = self.params.saturating_add(params);
        self.flops = self.flops.saturating_add(flops.saturating_mul(area));
    }

    /// A convolution of `kernel` × `kernel` without bias.
    pub fn conv(&mut self, kernel: u64, inputs: u64, outputs: u64, side: u64) {
        let weights = (kernel * kernel * inputs).saturating_mul(outputs);
        self.add(weights, weights, side);
        self.norm(outputs);
    }

    fn norm(&mut self, outputs: u64) {
        self.norms += (outputs as f64 / 3.0).sqrt();
    }

    /// A convolution of each channel by itself.
    pub fn depthwise_conv(&mut self, kernel: u64, channels: u64, side: u64) {
        self.conv(kernel, 1, channels, side);
    }

    /// A batch normalization with scale and shift.
    pub fn batch_norm(&mut self, channels: u64, side: u64) {
        self.add(2 * channels, 2 * channels, side);
    }

    /// A batch normalization without scale and shift.
    pub fn plain_batch_norm(&mut self, channels: u64, side: u64) {
        self.add(0, channels, side);
    }

    pub fn relu(&mut self, channels: u64, side: u64) {
        self.add(0, channels, side);
    }

    /// Maximum or average pooling.
    pub fn pool(&mut self, kernel: u64, channels: u64, side: u64) {
        self.add(0, kernel * kernel * channels, side);
    }

    /// Average pooling of whole channels; `side` is that of the input.
    pub fn global_pool(&mut self, channels: u64, side: u64) {
        self.add(0, channels, side + 1);
    }

    /// A linear layer with bias.
    pub fn linear(&mut self, inputs: u64, outputs: u64) {
        self.add((inputs + 1) * outputs, inputs * outputs, 1);
        self.norm(outputs);
    }

    /// Counts what was added since `before` so many times instead of once.
    pub fn repeat_since(&mut self, before: Tally, times: u64) {
        let repeated =
            |now: u64, then: u64| then.saturating_add((now - then).saturating_mul(times));
        self.params = repeated(self.params, before.params);
        self.flops = repeated(self.flops, before.flops);
        self.norms = before.norms + (self.norms - before.norms) * times as f64;
    }

    /// `ReLU`, a convolution and batch normalization, from `in_side` to `side`.
    pub fn relu_conv_bn(
        &mut self,
        kernel: u64,
        (inputs, in_side): (u64, u64),
        (outputs, side): (u64, u64),
    ) {
        self.relu(inputs, in_side);
        self.conv(kernel, inputs, outputs, side);
        self.batch_norm(outputs, side);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_by_hand() {
        let count = |layer: &dyn Fn(&mut Tally)| {
            let mut tally = Tally::default();
            layer(&mut tally);
            (tally.params, tally.flops)
        };
        assert_eq!(count(&|tally| tally.conv(3, 2, 5, 4)), (90, 90 * 16));
        assert_eq!(count(&|tally| tally.depthwise_conv(5, 3, 2)), (75, 75 * 4));
        assert_eq!(count(&|tally| tally.batch_norm(3, 4)), (6, 2 * 48));
        assert_eq!(count(&|tally| tally.plain_batch_norm(3, 4)), (0, 48));
        assert_eq!(count(&|tally| tally.relu(3, 4)), (0, 48));
        assert_eq!(count(&|tally| tally.pool(3, 2, 4)), (0, 9 * 32));
        assert_eq!(count(&|tally| tally.global_pool(64, 8)), (0, 81 * 64));
        assert_eq!(count(&|tally| tally.linear(64, 10)), (650, 640));
        let down = count(&|tally| tally.relu_conv_bn(3, (2, 8), (4, 4)));
        assert_eq!(down, (72 + 8, 128 + 72 * 16 + 2 * 64));
    }
}
