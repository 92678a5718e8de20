//! The device that the family `roofline` is computed for.

use std::path::Path;

use clap::Args;

use crate::features::Device;
use crate::table::{clip, read_text};

/// A device.
#[derive(Debug, Args)]
#[command(next_help_heading = "Features")]
pub(super) struct DeviceArgs {
    /// Device of the family roofline: peak=FLOPS,bandwidth=BYTES, or a .toml file
    ///
    /// Operations and bytes per second, such as peak=665e9,bandwidth=59.7e9. With sparsity=0.9 there is a second
    /// column, for networks of which nine weights in ten are zero. The .toml file has the same keys.
    #[arg(long, hide_short_help = true, value_name = "DEVICE", value_parser = parse_device)]
    pub device: Option<Device>,
}

/// The longest file of a device that is read, in MiB.
const LIMIT: u64 = 1;

fn parse_device(text: &str) -> Result<Device, String> {
    if text.contains('=') {
        return text.parse();
    }
    let path = Path::new(text);
    if path.extension().is_none_or(|extension| extension != "toml") {
        return Err(format!(
            "{}: write peak=FLOPS,bandwidth=BYTES or name a .toml file with these keys",
            clip(text)
        ));
    }
    Device::from_toml(&read_text(path, LIMIT, "device")?)
}
