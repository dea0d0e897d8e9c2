package dev.packhorse.engine.synthetic;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes what TorchScript's files are described by: objects of modules with their tensors, as a pickle of protocol 2. Format:
 * Python's Lib/pickletools.py; which of it TorchScript uses: torch/csrc/jit/serialization/pickler.cpp. Not thread-safe.
 */
final class PickleWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    PickleWriter() {
        out.write(0x80); // PROTO
        out.write(2);
    }

    /** A pickle of nothing but a tuple without parts. */
    static byte[] emptyTuple() {
        return new PickleWriter().op(')').stop();
    }

    /** Begins an object of a class; what is {@link #attribute}'s comes next, {@link #end} ends it. */
    PickleWriter begin(String module, String name) {
        // GLOBAL, EMPTY_TUPLE, NEWOBJ, EMPTY_DICT, MARK
        return global(module, name).op(')').op(0x81).op('}').op('(');
    }

    /** The name of an attribute; its value comes next. */
    PickleWriter attribute(String name) {
        return text(name);
    }

    PickleWriter end() {
        return op('u').op('b'); // SETITEMS, BUILD
    }

    PickleWriter no() {
        return op(0x89);
    }

    PickleWriter nothing() {
        return op('N');
    }

    /**
     * A tensor on the CPU, row-major, without a gradient.
     *
     * @param storage class of the storage, such as FloatStorage
     * @param key of its file below data/
     */
    PickleWriter tensor(String storage, String key, List<Integer> shape) {
        var numbers = shape.stream().reduce(1, Math::multiplyExact);
        global("torch._utils", "_rebuild_tensor_v2").op('(').op('(');
        text("storage").global("torch", storage).text(key).text("cpu").number(numbers);
        op('t').op('Q').number(0); // TUPLE, BINPERSID
        op('(');
        shape.forEach(this::number);
        op('t').op('(');
        var stride = numbers;
        for (var size : shape) {
            stride /= size;
            number(stride);
        }
        op('t').no();
        global("collections", "OrderedDict").op(')').op('R'); // hooks; REDUCE
        return op('t').op('R');
    }

    /** Ends the pickle. */
    byte[] stop() {
        return op('.').out.toByteArray();
    }

    private PickleWriter global(String module, String name) {
        return op('c').ascii(module + "\n" + name + "\n");
    }

    private PickleWriter text(String value) {
        return op('X').little(value.getBytes(StandardCharsets.UTF_8).length).ascii(value);
    }

    private PickleWriter number(int value) {
        return op('J').little(value);
    }

    private PickleWriter ascii(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    private PickleWriter little(int value) {
        var bytes = new byte[Integer.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(value);
        out.writeBytes(bytes);
        return this;
    }

    private PickleWriter op(int code) {
        out.write(code);
        return this;
    }
}
