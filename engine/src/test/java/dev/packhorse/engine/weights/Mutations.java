package dev.packhorse.engine.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Breaks files at random, in ways that parsers trip over. */
public final class Mutations {

    /** The edges of what numbers, lengths and varints can be. */
    private static final List<String> NUMBERS = List.of(
            "-1",
            "0",
            "1",
            "64",
            "4294967296",
            "2147483648",
            "9223372036854775807",
            "-9223372036854775808",
            "18446744073709551615",
            "1e9",
            "NaN",
            "null",
            "[]",
            "{}",
            "\"\"");

    private final RandomGenerator random;

    public Mutations(RandomGenerator random) {
        this.random = random;
    }

    /** The file after one to four mutations. */
    public byte[] mutate(byte[] file, byte[] other) {
        var mutated = file.clone();
        for (var i = random.nextInt(1, 5); i > 0 && mutated.length > 0; i--) {
            mutated = once(mutated, other);
        }
        return mutated;
    }

    private byte[] once(byte[] file, byte[] other) {
        var at = position(file);
        return switch (random.nextInt(9)) {
            case 0 -> Arrays.copyOf(file, at);
            case 1 -> withByte(file, at, (byte) random.nextInt(256));
            case 2 -> withByte(file, at, (byte) (file[at] ^ 1 << random.nextInt(Byte.SIZE)));
            case 3 -> replaced(file, at, at, Arrays.copyOfRange(file, position(file), file.length), 64);
            case 4 -> replaced(file, at, Math.min(file.length, at + random.nextInt(1, 32)), new byte[0], 0);
            case 5 -> replaced(file, at, at, varint(), 10);
            case 6 ->
                replaced(file, at, file.length, Arrays.copyOfRange(other, position(other), other.length), other.length);
            case 7 -> withLength(file);
            default -> withNumber(file, at);
        };
    }

    /** Mostly in the beginning, where headers and small tensors are; never behind the last byte. */
    private int position(byte[] file) {
        var bound = random.nextBoolean() ? file.length : Math.min(file.length, 512);
        return random.nextInt(Math.max(1, bound));
    }

    private static byte[] withByte(byte[] file, int at, byte value) {
        var mutated = file.clone();
        mutated[at] = value;
        return mutated;
    }

    /** Another first number of eight bytes: in safetensors, the header's length. */
    private byte[] withLength(byte[] file) {
        var mutated = Arrays.copyOf(file, Math.max(file.length, Long.BYTES));
        var length = ByteBuffer.wrap(mutated).order(ByteOrder.LITTLE_ENDIAN);
        var near = length.getLong(0) + random.nextInt(-3, 4);
        length.putLong(0, random.nextBoolean() ? near : random.nextLong() >> random.nextInt(Long.SIZE));
        return mutated;
    }

    /** Another number for the next of the digits: JSON's, or an offset's of external data. */
    private byte[] withNumber(byte[] file, int from) {
        var at = from;
        while (at < file.length && (file[at] < '0' || file[at] > '9')) {
            at++;
        }
        var end = at;
        while (end < file.length && file[end] >= '0' && file[end] <= '9') {
            end++;
        }
        var number = NUMBERS.get(random.nextInt(NUMBERS.size()));
        return at == file.length ? file : replaced(file, at, end, SafetensorsBytes.text(number), number.length());
    }

    private byte[] varint() {
        return new Protobuf()
                .varint(random.nextLong() >> random.nextInt(Long.SIZE))
                .toBytes();
    }

    private static byte[] replaced(byte[] file, int from, int to, byte[] by, int most) {
        return new Protobuf()
                .raw(Arrays.copyOf(file, from))
                .raw(Arrays.copyOf(by, Math.min(most, by.length)))
                .raw(Arrays.copyOfRange(file, to, file.length))
                .toBytes();
    }
}
