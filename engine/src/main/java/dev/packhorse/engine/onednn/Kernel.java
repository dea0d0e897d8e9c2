package dev.packhorse.engine.onednn;

import dev.packhorse.engine.contract.EncoderException;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.layer_normalization_forward;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.softmax_forward;
import org.bytedeco.dnnl.stream;

/**
 * A compiled oneDNN primitive of known shapes. Its scratch memory is the caller's to give: the library's own would be
 * shared by all threads, which then corrupt each other's results in silence.
 *
 * <p>Makers that the library answers with its reference code, which is a thousand times slower and says nothing, throw.
 * Thread-safe but for {@link #close}. Belongs to the scope that it was made in, and after {@link #outlive} to whoever asked
 * for that.
 */
final class Kernel implements AutoCloseable {

    private final primitive compiled;
    private final memory.desc scratch;
    private final String implementation;

    private Kernel(primitive compiled, primitive_desc_base description, String what) {
        this.compiled = compiled;
        this.scratch = description.scratchpad_desc();
        this.implementation = implementation(description);
        if (implementation.contains("ref")) {
            close();
            throw new EncoderException("%s: expected an optimised kernel for %s, oneDNN has only its reference (%s)"
                    .formatted(what, OneDnn.isa(), implementation));
        }
    }

    /** What the library calls the code that it would choose. */
    static String implementation(primitive_desc_base description) {
        return description.impl_info_str().getString();
    }

    /** An attribute set that asks for scratch memory of the caller's. */
    static primitive_attr attributes() {
        var attributes = new primitive_attr();
        attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user);
        return attributes;
    }

    static Kernel of(String what, matmul.primitive_desc description) {
        return new Kernel(new matmul(description), description, what);
    }

    static Kernel of(softmax_forward.primitive_desc description) {
        return new Kernel(new softmax_forward(description), description, "softmax");
    }

    static Kernel of(layer_normalization_forward.primitive_desc description) {
        return new Kernel(new layer_normalization_forward(description), description, "layer norm");
    }

    static Kernel of(eltwise_forward.primitive_desc description) {
        return new Kernel(new eltwise_forward(description), description, "activation");
    }

    static Kernel of(reorder.primitive_desc description) {
        return new Kernel(new reorder(description), description, "reorder");
    }

    /** Lets this kernel outlive the scope that it was made in; the caller closes it then. */
    Kernel outlive() {
        compiled.retainReference();
        scratch.retainReference();
        return this;
    }

    /** Bytes of scratch memory that each call at the same time needs of its own. */
    long scratchBytes() {
        return scratch.get_size();
    }

    /** How that memory is laid out; valid as long as this kernel. */
    memory.desc scratch() {
        return scratch;
    }

    /** What the library calls the code that it chose, such as {@code brg_matmul:avx2}. */
    String implementation() {
        return implementation;
    }

    /** @param arguments by oneDNN's numbers for them (dnnl_types.h, DNNL_ARG_*); scratch memory is one of them */
    void run(stream queue, IntMemoryMap arguments) {
        compiled.execute(queue, arguments);
    }

    @Override
    public void close() {
        scratch.close();
        compiled.close();
    }
}
