package dev.packhorse.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.contract.ModelException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProtobufReaderTest {

    @TempDir
    Path folder;

    private FileChannel channel;

    @AfterEach
    void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }

    @Test
    void numbersOfAnySizeComeBackAsTheyWere() throws IOException {
        var random = Seeds.random();
        var expected = new ArrayList<Long>();
        var message = new Protobuf();
        // of 1 to 10 bytes, and so many that some lie across the edges of what is read at a time
        for (var i = 0; i < 5000; i++) {
            expected.add(random.nextLong() >> random.nextInt(Long.SIZE));
            message.number(1 + i, expected.get(i));
        }
        var reader = reader(message);
        for (var i = 0; i < expected.size(); i++) {
            assertThat(reader.next()).isTrue();
            assertThat(reader.field()).isEqualTo(1 + i);
            assertThat(reader.number()).isEqualTo(expected.get(i));
            assertThat(reader.numbers(9)).containsExactly(expected.get(i));
        }
        assertThat(reader.next()).isFalse();
    }

    @Test
    void packedNumbersAreReadLikeSeveralOfOne() throws IOException {
        var packed = new Protobuf().varint(3).varint(300).varint(0).varint(1L << 40);
        var reader = reader(new Protobuf().message(1, packed).message(1, new Protobuf()));
        assertThat(reader.next()).isTrue();
        assertThat(reader.numbers(9)).containsExactly(3L, 300L, 0L, 1L << 40);
        assertThat(reader.next()).isTrue();
        assertThat(reader.numbers(9)).isEmpty();
    }

    @Test
    void fieldsThatNobodyAsksForAreSkipped() throws IOException {
        var reader = reader(new Protobuf()
                .fixed64(1, new byte[8])
                .fixed32(2, new byte[4])
                .bytes(3, new byte[10_000])
                .number(4, 1L << 62)
                .text(5, "ünïcode"));
        for (var field = 1; field <= 5; field++) {
            assertThat(reader.next()).isTrue();
            assertThat(reader.field()).isEqualTo(field);
        }
        assertThat(reader.text()).isEqualTo("ünïcode");
        assertThat(reader.next()).isFalse();
    }

    @Test
    void aMessageWithinAMessageEndsWhereItsFieldDoes() throws IOException {
        var outer =
                reader(new Protobuf().message(1, new Protobuf().number(2, 7)).number(3, 8));
        assertThat(outer.next()).isTrue();
        var inner = outer.message();
        assertThat(inner.next()).isTrue();
        assertThat(inner.field()).isEqualTo(2);
        assertThat(inner.next()).isFalse();
        assertThat(outer.next()).isTrue();
        assertThat(outer.number()).isEqualTo(8);
    }

    /** 3 and 4 are groups, which ONNX never had; 6 and 7 are nothing. */
    @ParameterizedTest
    @ValueSource(ints = {3, 4, 6, 7})
    void otherWireTypesAreRefused(int wireType) throws IOException {
        var reader = reader(new Protobuf().number(1, 300).tag(2, wireType));
        assertThat(reader.next()).isTrue();
        assertThatThrownBy(reader::next)
                .isInstanceOf(ModelException.class)
                .hasMessage("expected a protobuf field at byte 3, found wire type " + wireType);
    }

    @Test
    void aFieldOfAnotherWireTypeThanAskedForIsRefused() throws IOException {
        var number = reader(new Protobuf().number(4, 1));
        assertThat(number.next()).isTrue();
        var wants = "expected wire type 2 of protobuf field 4, found 0";
        assertThatThrownBy(number::text).isInstanceOf(ModelException.class).hasMessage(wants);
        assertThatThrownBy(number::message).isInstanceOf(ModelException.class).hasMessage(wants);
        assertThatThrownBy(number::span).isInstanceOf(ModelException.class).hasMessage(wants);

        var fixed = reader(new Protobuf().fixed32(4, new byte[4]));
        assertThat(fixed.next()).isTrue();
        assertThatThrownBy(fixed::number)
                .isInstanceOf(ModelException.class)
                .hasMessage("expected wire type 0 of protobuf field 4, found 5");
        assertThatThrownBy(() -> fixed.numbers(9))
                .isInstanceOf(ModelException.class)
                .hasMessage("expected wire type 2 of protobuf field 4, found 5");
    }

    /** Among them one so long that its end, computed, comes before its beginning. */
    @ParameterizedTest
    @ValueSource(longs = {4, Integer.MAX_VALUE, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void aFieldLongerThanItsMessageIsRefused(long length) throws IOException {
        var reader = reader(new Protobuf().tag(9, 2).varint(length).raw(new byte[3]));
        assertThatThrownBy(reader::next)
                .isInstanceOf(ModelException.class)
                .hasMessage("expected a protobuf field that ends within its message at byte 0, found field 9");
    }

    @Test
    void aNumberBeyondTheEndOfItsMessageIsRefused() throws IOException {
        // the inner message has the tag alone, and its number would be the outer one's next tag
        var reader = reader(new Protobuf().message(1, new Protobuf().tag(2, 0)).number(3, 1));
        assertThat(reader.next()).isTrue();
        assertThatThrownBy(reader.message()::next)
                .isInstanceOf(ModelException.class)
                .hasMessage("expected a protobuf field that ends within its message at byte 2, found field 2");
    }

    @Test
    void fieldZeroIsRefused() throws IOException {
        var reader = reader(new Protobuf().number(0, 1));
        assertThatThrownBy(reader::next)
                .isInstanceOf(ModelException.class)
                .hasMessage("expected a protobuf field that ends within its message at byte 0, found field 0");
    }

    @Test
    void aNumberOfElevenBytesIsRefused() throws IOException {
        var endless = new byte[11];
        Arrays.fill(endless, (byte) 0xff);
        var reader = reader(new Protobuf().tag(1, 0).raw(endless));
        assertThatThrownBy(reader::next)
                .isInstanceOf(ModelException.class)
                .hasMessage("expected a protobuf number of at most 10 bytes before byte 11");
    }

    @Test
    void aFileThatEndsWithinANumberIsRefused() throws IOException {
        var reader = reader(new Protobuf().tag(1, 0).raw(new byte[] {(byte) 0x80}));
        assertThatThrownBy(reader::next).isInstanceOf(EOFException.class).hasMessage("the file ends within a message");
    }

    private ProtobufReader reader(Protobuf message) throws IOException {
        close();
        channel = FileChannel.open(Files.write(folder.resolve("message"), message.toBytes()));
        return new ProtobufReader(new FileWindow(channel), new Span(0, channel.size()));
    }
}
