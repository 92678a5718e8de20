//! The items of NumPy arrays.

use crate::table::Value;

/// The type of an array's items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Type {
    kind: Kind,
    /// How many bytes an item has.
    size: usize,
    is_big_endian: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Boolean,
    Signed,
    Unsigned,
    Float,
    Bytes,
    Unicode,
}

impl Type {
    /// The type that a text such as `<f8` names. The error says what it is, where it is not read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let unsigned = text.trim_start_matches(['<', '>', '|', '=']);
        let is_big_endian =
            text.starts_with('>') || (text.starts_with('=') && cfg!(target_endian = "big"));
        let letter = unsigned.chars().next().unwrap_or_default();
        let count: Option<usize> =
            unsigned.get(letter.len_utf8()..).and_then(|size| size.parse().ok());
        let (kind, size) = match (letter, count) {
            ('b', Some(1)) | ('?', None) => (Kind::Boolean, 1),
            ('i', Some(size @ (1 | 2 | 4 | 8))) => (Kind::Signed, size),
            ('u', Some(size @ (1 | 2 | 4 | 8))) => (Kind::Unsigned, size),
            ('f', Some(size @ (2 | 4 | 8))) => (Kind::Float, size),
            ('S' | 'a', Some(size)) => (Kind::Bytes, size),
            ('U', Some(size)) => {
                (Kind::Unicode, size.checked_mul(4).ok_or("texts beyond all measure")?)
            }
            ('O', _) => return Err("Python objects, which are pickled".to_owned()),
            ('c', _) => return Err("complex numbers".to_owned()),
            ('M' | 'm', _) => return Err("dates and times".to_owned()),
            ('f', _) => return Err("numbers beyond float64".to_owned()),
            _ => return Err(format!("the type `{}`", crate::table::clip(text))),
        };
        Ok(Self { kind, size, is_big_endian })
    }

    /// The same type in another order of bytes, by the sign that NumPy writes for it.
    pub fn ordered(self, sign: &str) -> Self {
        match sign {
            ">" => Self { is_big_endian: true, ..self },
            "<" => Self { is_big_endian: false, ..self },
            _ => self,
        }
    }

    /// How many bytes an item has.
    pub fn size(self) -> usize {
        self.size
    }

    /// Whether the items are true or false.
    pub fn is_boolean(self) -> bool {
        self.kind == Kind::Boolean
    }

    /// Whether the items are texts.
    pub fn is_text(self) -> bool {
        matches!(self.kind, Kind::Bytes | Kind::Unicode)
    }

    /// The value of an item. The error says why it is none.
    pub fn value(self, item: &[u8]) -> Result<Value, &'static str> {
        Ok(match self.kind {
            Kind::Boolean => Value::Json(if item == [0] { "false" } else { "true" }.into()),
            Kind::Signed => {
                // The highest bit is the sign; the bits above it are the same.
                let shift = 64 - 8 * u32::try_from(self.size).unwrap_or(8);
                Value::Integer(self.bits(item).cast_signed() << shift >> shift)
            }
            Kind::Unsigned => match i64::try_from(self.bits(item)) {
                Ok(integer) => Value::Integer(integer),
                Err(_) => Value::Json(self.bits(item).to_string().into()),
            },
            Kind::Float => Value::from_number(self.float(item)),
            Kind::Bytes => {
                let end = item.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                text(str::from_utf8(&item[..end]).map_err(|_| "this is not UTF-8 text")?)
            }
            Kind::Unicode => {
                let (units, _) = item.as_chunks::<4>();
                let end = units.iter().rposition(|unit| *unit != [0; 4]).map_or(0, |last| last + 1);
                let character = |unit: &[u8; 4]| {
                    let unit = if self.is_big_endian {
                        u32::from_be_bytes(*unit)
                    } else {
                        u32::from_le_bytes(*unit)
                    };
                    char::from_u32(unit).ok_or("this is not Unicode text")
                };
                let read: Result<String, _> = units[..end].iter().map(character).collect();
                text(&read?)
            }
        })
    }

    /// The bits of an item of at most 8 bytes.
    fn bits(self, item: &[u8]) -> u64 {
        let fold = |bits: u64, byte: &u8| bits << 8 | u64::from(*byte);
        if self.is_big_endian { item.iter().fold(0, fold) } else { item.iter().rev().fold(0, fold) }
    }

    fn float(self, item: &[u8]) -> f64 {
        let bits = self.bits(item);
        match self.size {
            8 => f64::from_bits(bits),
            4 => f64::from(f32::from_bits(u32::try_from(bits).unwrap_or_default())),
            _ => half(u16::try_from(bits).unwrap_or_default()),
        }
    }
}

/// A text; NumPy has no missing ones.
fn text(text: &str) -> Value {
    if text.is_empty() { Value::Missing } else { Value::Text(text.into()) }
}

/// The number that the bits of a half-precision float (IEEE 754 binary16) stand for.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff) / 1024.0);
    sign * match exponent {
        0 => fraction * 2_f64.powi(-14),
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        _ => (1.0 + fraction) * 2_f64.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: &str, item: &[u8]) -> Value {
        let parsed = Type::parse(name).expect("a type");
        assert_eq!(parsed.size(), item.len(), "{name}");
        parsed.value(item).expect("a value")
    }

    #[test]
    fn items_are_read_by_their_type() {
        assert_eq!(value("<i2", &[0xfe, 0xff]), Value::Integer(-2));
        assert_eq!(value(">i2", &[0xff, 0xfe]), Value::Integer(-2));
        assert_eq!(value("|i1", &[0x80]), Value::Integer(-128));
        assert_eq!(value("<u8", &[0xff; 8]), Value::Json("18446744073709551615".into()));
        assert_eq!(value("|b1", &[1]), Value::Json("true".into()));
        assert_eq!(value("<f8", &93.5_f64.to_le_bytes()), Value::Number(93.5));
        assert_eq!(value(">f4", &93.5_f32.to_be_bytes()), Value::Number(93.5));
        assert_eq!(value("<f8", &f64::NAN.to_le_bytes()), Value::Missing);
        assert_eq!(value("<f2", &0x3555_u16.to_le_bytes()), Value::Number(0.333_251_953_125));
        assert_eq!(value("<f2", &0xfc00_u16.to_le_bytes()), Value::Number(f64::NEG_INFINITY));
        assert_eq!(value("<f2", &1_u16.to_le_bytes()), Value::Number(2_f64.powi(-24)));
        assert_eq!(value("|S4", b"ab\0\0"), Value::Text("ab".into()));
        assert_eq!(value("<U2", &[0xe9, 0, 0, 0, 0, 0, 0, 0]), Value::Text("é".into()));
        assert_eq!(value("<U1", &[0; 4]), Value::Missing);
    }

    #[test]
    fn other_types_are_named() {
        for (name, named) in [
            ("|O", "Python objects"),
            ("<c16", "complex numbers"),
            ("<M8[ns]", "dates and times"),
            ("<f16", "beyond float64"),
            ("|V8", "the type `|V8`"),
            ("", "the type ``"),
            ("é", "the type `é`"),
        ] {
            assert!(Type::parse(name).expect_err("not read").contains(named), "{name}");
        }
        assert!(Type::parse("<U1").expect("a type").value(&[0, 0, 0xff, 0xff]).is_err());
        assert!(Type::parse("|S1").expect("a type").value(&[0xff]).is_err());
    }
}
