package dev.packhorse.engine.onednn;

import dev.packhorse.engine.contract.Opened;
import dev.packhorse.engine.nested.NativeBuffer;
import dev.packhorse.engine.nested.NativeMemory;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.Pointer;

/**
 * What somebody opened, closed in reverse order. Closing twice does nothing more.
 *
 * <p>JavaCPP frees a native object when its last reference goes, of which the innermost {@code PointerScope} has one.
 */
final class Resources implements AutoCloseable {

    private final Opened opened = new Opened();

    /** Remembers to close it. */
    <T extends AutoCloseable> T add(T resource) {
        return opened.add(resource);
    }

    /** Lets a native object outlive the scope that it was made in, and remembers to close it. */
    <T extends Pointer> T keep(T object) {
        object.retainReference();
        return add(object);
    }

    /** Memory of that description, all zero, that is counted and goes when these resources do. */
    memory allocate(NativeMemory counted, memory.desc description) {
        return bind(description, add(NativeBuffer.allocate(counted, description.get_size())));
    }

    /** The same with float32 values in it. */
    memory allocate(NativeMemory counted, memory.desc description, float[] values) {
        var buffer = add(NativeBuffer.allocate(counted, description.get_size()));
        buffer.floats(0, values.length).put(values);
        return bind(description, buffer);
    }

    private memory bind(memory.desc description, NativeBuffer buffer) {
        return keep(new memory(description, OneDnn.CPU, new Address(buffer.address())));
    }

    @Override
    public void close() {
        opened.close();
    }

    /** See {@link Opened#closeAfter}. */
    void closeAfter(Throwable failure) {
        opened.closeAfter(failure);
    }
}
