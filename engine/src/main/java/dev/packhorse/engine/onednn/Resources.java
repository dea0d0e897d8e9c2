package dev.packhorse.engine.onednn;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.Pointer;

/**
 * What somebody opened, closed in reverse order. Closing twice does nothing more.
 *
 * <p>JavaCPP frees a native object when its last reference goes, of which the innermost {@code PointerScope} has one.
 */
final class Resources implements AutoCloseable {

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** Remembers to close it. */
    <T extends AutoCloseable> T add(T resource) {
        opened.push(resource);
        return resource;
    }

    /** Lets a native object outlive the scope that it was made in, and remembers to close it. */
    <T extends Pointer> T keep(T object) {
        object.retainReference();
        return add(object);
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                throw e instanceof RuntimeException r ? r : new IllegalStateException(e);
            }
        }
    }
}
