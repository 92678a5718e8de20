//! A device, as the roofline model sees it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::table::clip_reason;

/// A device by its peak performance and its memory bandwidth, and how sparse the weights are that it runs.
///
/// As text `peak=665e9,bandwidth=59.7e9,sparsity=0.9`, as a TOML file with the same keys. The sparsity may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Device {
    /// Operations per second; a multiplication and an addition are two.
    peak: f64,
    /// Bytes per second between memory and processor.
    bandwidth: f64,
    /// The share of the weights that are zero, and cost neither operations nor bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    sparsity: Option<f64>,
}

/// Its numbers are finite.
impl Eq for Device {}

/// A device before its numbers are checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    peak: f64,
    bandwidth: f64,
    sparsity: Option<f64>,
}

impl TryFrom<Unchecked> for Device {
    type Error = String;

    fn try_from(device: Unchecked) -> Result<Self, String> {
        let Unchecked { peak, bandwidth, sparsity } = device;
        Device::new(peak, bandwidth, sparsity)
    }
}

impl Device {
    /// The GPU of an NVIDIA Jetson TX2, by its data sheet: an example.
    pub const JETSON_TX2: Device = Device { peak: 665e9, bandwidth: 59.7e9, sparsity: None };

    /// A device of so many operations and bytes per second, with so sparse weights.
    ///
    /// # Errors
    ///
    /// What is wrong, if `peak` or `bandwidth` is not above 0 and finite, or `sparsity` is not at least 0 and below 1.
    pub fn new(peak: f64, bandwidth: f64, sparsity: Option<f64>) -> Result<Self, String> {
        for (name, value) in [("peak", peak), ("bandwidth", bandwidth)] {
            if !(value.is_normal() && value > 0.0) {
                return Err(format!("{name} = {value}: must be above 0 and finite, per second"));
            }
        }
        match sparsity {
            Some(share) if !(0.0..1.0).contains(&share) => {
                Err(format!("sparsity = {share}: must be at least 0 and below 1"))
            }
            _ => Ok(Device { peak, bandwidth, sparsity }),
        }
    }

    /// Reads a TOML file.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| clip_reason(error.message()))
    }

    /// The device as an inline table of TOML.
    pub(crate) fn to_toml(self) -> String {
        let Device { peak, bandwidth, sparsity } = self;
        let sparsity = sparsity.map_or_else(String::new, |share| format!(", sparsity = {share:?}"));
        format!("{{ peak = {peak:?}, bandwidth = {bandwidth:?}{sparsity} }}")
    }

    /// The share of the weights that are zero, if it is stated.
    pub(super) fn sparsity(self) -> Option<f64> {
        self.sparsity
    }

    /// The seconds that a layer takes at least: for its operations or for its bytes, whichever are more, where
    /// only some of its weights are not zero.
    pub(super) fn seconds(self, operations: f64, bytes: f64) -> f64 {
        (operations / self.peak).max(bytes / self.bandwidth)
    }
}

impl FromStr for Device {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (mut peak, mut bandwidth, mut sparsity) = (None, None, None);
        for part in text.split(',') {
            let (name, value) = part.split_once('=').ok_or_else(|| {
                format!(
                    "`{part}`: write peak=FLOPS,bandwidth=BYTES, as in peak=665e9,bandwidth=59.7e9"
                )
            })?;
            let slot = match name.trim() {
                "peak" => &mut peak,
                "bandwidth" => &mut bandwidth,
                "sparsity" => &mut sparsity,
                other => return Err(format!("`{other}` is not peak, bandwidth or sparsity")),
            };
            let value: f64 =
                value.trim().parse().map_err(|_| format!("{name}: `{value}` is not a number"))?;
            if slot.replace(value).is_some() {
                return Err(format!("{name} is given twice"));
            }
        }
        match (peak, bandwidth) {
            (Some(peak), Some(bandwidth)) => Device::new(peak, bandwidth, sparsity),
            (None, _) => Err("peak is missing: operations per second, as in peak=665e9".to_owned()),
            (_, None) => {
                Err("bandwidth is missing: bytes per second, as in bandwidth=59.7e9".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp, reason = "the numbers are exact")]

    use super::*;

    #[test]
    fn a_device_is_read_from_text_and_toml() {
        let device: Device = "peak=1e12, bandwidth=2.5e10,sparsity=0.5".parse().unwrap();
        assert_eq!(device, Device::new(1e12, 2.5e10, Some(0.5)).unwrap());
        let file = "peak = 1e12\nbandwidth = 2.5e10\nsparsity = 0.5\n";
        assert_eq!(Device::from_toml(file), Ok(device));
        let json = serde_json::to_string(&device).unwrap();
        assert_eq!(serde_json::from_str::<Device>(&json).unwrap(), device);
        for wrong in [
            "peak=1",
            "bandwidth=1",
            "peak=1,bandwidth=0",
            "peak=nan,bandwidth=1",
            "peak=1,bandwidth=inf",
            "peak=1,bandwidth=1,sparsity=1",
            "peak=1,bandwidth=1,sparsity=-0.1",
            "peak=1,peak=2,bandwidth=1",
            "peak=x,bandwidth=1",
            "speed=1",
            "tx2",
            "",
        ] {
            assert!(wrong.parse::<Device>().is_err(), "{wrong}");
        }
        assert!(Device::from_toml("peak = 1\n").is_err());
        assert!(Device::from_toml("peak = 1.0\nbandwidth = -1.0\n").is_err());
        assert!(Device::from_toml("peak = 1.0\nbandwidth = 1.0\nname = 2\n").is_err());
    }

    #[test]
    fn a_layer_takes_what_binds_it() {
        let device = Device::new(100.0, 10.0, None).unwrap();
        assert_eq!(device.seconds(200.0, 10.0), 2.0);
        assert_eq!(device.seconds(200.0, 50.0), 5.0);
    }
}
