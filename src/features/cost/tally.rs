//! Counting layer by layer.

use super::device::Device;

/// The bytes of a number: of `float32`.
const BYTES: f64 = 4.0;

/// Parameters, operations, numbers and seconds so far. See [the module](super) for what is counted.
///
/// A *map* is the channels of the input or output of a layer and its side, which is its height and width in pixels. What a file
/// describes may be too much to count: counts stop at the greatest number.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Tally {
    pub params: u64,
    pub flops: u64,
    /// Numbers that layers read and write.
    pub numbers: u64,
    /// Seconds on the device, if there is one: with all weights, and with those that are not zero.
    pub seconds: [f64; 2],
    device: Option<Device>,
}

/// Channels and side.
pub(super) type Map = (u64, u64);

/// The numbers of a map.
fn size((channels, side): Map) -> u64 {
    channels.saturating_mul(side.saturating_mul(side))
}

impl Tally {
    /// Nothing is counted yet; seconds are those on a device.
    pub fn on(device: Option<Device>) -> Self {
        Tally { device, ..Tally::default() }
    }

    /// Adds parameters and operations.
    fn add(&mut self, params: u64, flops: u64) {
        self.params = self.params.saturating_add(params);
        self.flops = self.flops.saturating_add(flops);
    }

    /// Adds the numbers and the time of a layer with so many operations and weights.
    fn layer(&mut self, operations: u64, maps: [u64; 2], weights: u64) {
        let maps = maps[0].saturating_add(maps[1]);
        self.numbers = self.numbers.saturating_add(maps.saturating_add(weights));
        let Some(device) = self.device else { return };
        let left = 1.0 - device.sparsity().unwrap_or(0.0);
        // Without weights a layer is as it is.
        let left = if weights > 0 { [1.0, left] } else { [1.0, 1.0] };
        for (seconds, left) in self.seconds.iter_mut().zip(left) {
            let bytes = BYTES * (maps as f64 + left * weights as f64);
            *seconds += device.seconds(left * operations as f64, bytes);
        }
    }

    /// A convolution of `kernel` × `kernel` without bias.
    pub fn conv(&mut self, kernel: u64, input: Map, output: Map) {
        self.grouped_conv(kernel, input, output, input.0);
    }

    /// A convolution of each channel by itself.
    pub fn depthwise_conv(&mut self, kernel: u64, channels: u64, in_side: u64, side: u64) {
        self.grouped_conv(kernel, (channels, in_side), (channels, side), 1);
    }

    /// A convolution in which each channel of the output reads so many of the input.
    fn grouped_conv(&mut self, kernel: u64, input: Map, output: Map, read: u64) {
        let weights = (kernel * kernel * read).saturating_mul(output.0);
        let multiplications = size((weights, output.1));
        self.add(weights, multiplications);
        self.layer(multiplications.saturating_mul(2), [size(input), size(output)], weights);
    }

    /// A batch normalization with scale and shift.
    pub fn batch_norm(&mut self, channels: u64, side: u64) {
        self.add(2 * channels, size((2 * channels, side)));
    }

    /// A batch normalization without scale and shift.
    pub fn plain_batch_norm(&mut self, channels: u64, side: u64) {
        self.add(0, size((channels, side)));
    }

    pub fn relu(&mut self, channels: u64, side: u64) {
        self.add(0, size((channels, side)));
    }

    /// Maximum or average pooling.
    pub fn pool(&mut self, kernel: u64, channels: u64, in_side: u64, side: u64) {
        let operations = size((kernel * kernel * channels, side));
        self.add(0, operations);
        self.layer(operations, [size((channels, in_side)), size((channels, side))], 0);
    }

    /// Average pooling of whole channels; `side` is that of the input.
    pub fn global_pool(&mut self, channels: u64, side: u64) {
        self.add(0, size((channels, side + 1)));
        self.layer(size((channels, side)), [size((channels, side)), channels], 0);
    }

    /// A linear layer with bias.
    pub fn linear(&mut self, inputs: u64, outputs: u64) {
        let weights = (inputs + 1) * outputs;
        self.add(weights, inputs * outputs);
        self.layer(2 * inputs * outputs, [inputs, outputs], weights);
    }

    /// Counts what was added since `before` so many times instead of once.
    pub fn repeat_since(&mut self, before: Tally, times: u64) {
        let repeated =
            |now: u64, then: u64| then.saturating_add((now - then).saturating_mul(times));
        self.params = repeated(self.params, before.params);
        self.flops = repeated(self.flops, before.flops);
        self.numbers = repeated(self.numbers, before.numbers);
        for (now, then) in self.seconds.iter_mut().zip(before.seconds) {
            *now = then + (*now - then) * times as f64;
        }
    }

    /// `ReLU`, a convolution and batch normalization.
    pub fn relu_conv_bn(&mut self, kernel: u64, input: Map, output: Map) {
        self.relu(input.0, input.1);
        self.conv(kernel, input, output);
        self.batch_norm(output.0, output.1);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp, reason = "the numbers are exact")]

    use super::*;

    fn count(layer: &dyn Fn(&mut Tally)) -> Tally {
        // Two operations take as long as a byte.
        let mut tally = Tally::on(Some(Device::new(2.0, 1.0, Some(0.5)).unwrap()));
        layer(&mut tally);
        tally
    }

    #[test]
    fn layers_by_hand() {
        let count = |layer: &dyn Fn(&mut Tally)| {
            let tally = count(layer);
            (tally.params, tally.flops, tally.numbers)
        };
        assert_eq!(count(&|tally| tally.conv(3, (2, 8), (5, 4))), (90, 90 * 16, 128 + 80 + 90));
        assert_eq!(count(&|tally| tally.depthwise_conv(5, 3, 4, 2)), (75, 75 * 4, 48 + 12 + 75));
        assert_eq!(count(&|tally| tally.batch_norm(3, 4)), (6, 2 * 48, 0));
        assert_eq!(count(&|tally| tally.plain_batch_norm(3, 4)), (0, 48, 0));
        assert_eq!(count(&|tally| tally.relu(3, 4)), (0, 48, 0));
        assert_eq!(count(&|tally| tally.pool(3, 2, 8, 4)), (0, 9 * 32, 128 + 32));
        assert_eq!(count(&|tally| tally.global_pool(64, 8)), (0, 81 * 64, 4096 + 64));
        assert_eq!(count(&|tally| tally.linear(64, 10)), (650, 640, 64 + 10 + 650));
        let down = count(&|tally| tally.relu_conv_bn(3, (2, 8), (4, 4)));
        assert_eq!(down, (72 + 8, 128 + 72 * 16 + 2 * 64, 128 + 64 + 72));
    }

    #[test]
    fn a_layer_is_bound_by_operations_or_by_bytes() {
        // 2 · 1440 operations in 1440 s, 298 numbers in 1192 s; with half of the weights 720 s and 1012 s.
        assert_eq!(count(&|tally| tally.conv(3, (2, 8), (5, 4))).seconds, [1440.0, 1012.0]);
        // Pooling has no weights: 288 operations, 160 numbers.
        assert_eq!(count(&|tally| tally.pool(3, 2, 8, 4)).seconds, [640.0, 640.0]);
        assert_eq!(count(&|tally| tally.relu(3, 4)).seconds, [0.0, 0.0]);
        let mut without = Tally::on(None);
        without.linear(64, 10);
        assert_eq!(without.seconds, [0.0, 0.0]);
    }
}
