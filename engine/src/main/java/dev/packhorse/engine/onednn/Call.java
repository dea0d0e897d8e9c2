package dev.packhorse.engine.onednn;

import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.stream;

/**
 * A kernel with its arguments, ready to run again and again. Belongs to one {@link Workspace} and its thread; owns the
 * kernel and the arguments' handles, not the memory that they point to.
 */
final class Call implements AutoCloseable {

    private final Resources resources = new Resources();
    private final Kernel kernel;
    private final IntMemoryMap arguments;

    /** @param kernel becomes this call's to close */
    Call(Workspace workspace, Kernel kernel) {
        this.kernel = resources.add(kernel.outlive());
        this.arguments = resources.keep(new IntMemoryMap());
        try {
            with(dnnl.DNNL_ARG_SCRATCHPAD, resources.keep(workspace.scratch(kernel)));
        } catch (RuntimeException | Error e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    /** Sets an argument that somebody else closes. */
    Call with(int argument, memory value) {
        arguments.put(argument, value);
        return this;
    }

    /** Sets an argument that lies at an address. */
    Call with(int argument, memory.desc description, Address at) {
        return with(argument, resources.keep(new memory(description, OneDnn.CPU, at)));
    }

    /** Runs the kernel in the calling thread, and those of its OpenMP team. */
    void run(stream queue) {
        kernel.run(queue, arguments);
    }

    @Override
    public void close() {
        resources.close();
    }
}
