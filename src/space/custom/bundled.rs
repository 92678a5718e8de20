//! Descriptions that come with the crate, found by their names.

macro_rules! bundled {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../data/spaces/", $name, ".toml")))),*]
    };
}

/// The bundled descriptions: their names, and what stands in their files under `data/spaces`.
pub static BUNDLED: &[(&str, &str)] = bundled![
    "autoformer-base",
    "autoformer-small",
    "autoformer-tiny",
    "fbnet",
    "hat",
    "nasbench-asr",
    "nasbench-macro",
    "nats-sss",
    "nds-amoeba",
    "nds-darts",
    "nds-enas",
    "nds-nasnet",
    "nds-pnas",
    "ofa-mbv3",
    "proxyless",
];

/// A file to start from, with comments.
pub static TEMPLATE: &str = include_str!("../../../data/spaces/template.toml");
