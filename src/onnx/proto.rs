//! Messages in the wire format of Protocol Buffers: what ONNX needs of it.
//!
//! A field is its number and type, then a variable-length integer, or a length and as many bytes
//! ([encoding](https://protobuf.dev/programming-guides/encoding/)).

/// A message that is being written.
#[derive(Debug, Default, Clone)]
pub(super) struct Message(Vec<u8>);

/// The wire type of integers, and of what has a length.
const VARINT: u64 = 0;
/// See [`VARINT`].
const LENGTH: u64 = 2;

impl Message {
    /// An empty message.
    pub fn new() -> Self {
        Message::default()
    }

    /// With an integer.
    pub fn int(mut self, field: u64, value: i64) -> Self {
        self.varint(field << 3 | VARINT);
        self.varint(value.cast_unsigned());
        self
    }

    /// With integers, packed. Nothing if there are none.
    pub fn ints(self, field: u64, values: &[i64]) -> Self {
        let mut packed = Message::new();
        for value in values {
            packed.varint(value.cast_unsigned());
        }
        self.bytes(field, &packed.0)
    }

    /// With a text.
    pub fn text(self, field: u64, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    /// With bytes.
    pub fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self.varint(field << 3 | LENGTH);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    /// With a message.
    pub fn message(self, field: u64, message: &Message) -> Self {
        self.bytes(field, &message.0)
    }

    /// With a message for each item.
    pub fn messages<T>(self, field: u64, items: &[T], message: impl Fn(&T) -> Message) -> Self {
        items.iter().fold(self, |all, item| all.message(field, &message(item)))
    }

    /// Its bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Seven bits a byte, the lowest first; all bytes but the last have their highest bit set.
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(0x80 | value.to_le_bytes()[0]);
            value >>= 7;
        }
        self.0.push(value.to_le_bytes()[0]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_those_of_the_specification() {
        // The examples of its page on the encoding.
        assert_eq!(Message::new().int(1, 150).into_bytes(), [0x08, 0x96, 0x01]);
        let text = Message::new().text(2, "testing").into_bytes();
        assert_eq!(text, [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]);
        let inner = Message::new().int(1, 150);
        let outer = Message::new().message(3, &inner).into_bytes();
        assert_eq!(outer, [0x1a, 0x03, 0x08, 0x96, 0x01]);
        let packed = Message::new().ints(6, &[3, 270, 86_942]).into_bytes();
        assert_eq!(packed, [0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05]);
        let negative = Message::new().int(1, -2).into_bytes();
        assert_eq!(negative, [0x08, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
    }
}
