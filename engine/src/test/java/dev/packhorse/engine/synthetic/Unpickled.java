package dev.packhorse.engine.synthetic;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a pickle of protocol 2 as far as TorchScript's files use it, by the machine that Python's Lib/pickletools.py
 * describes. Tuples are lists, None is an empty Optional.
 */
final class Unpickled {

    private static final Object MARK = new Object();

    private final ByteBuffer in;
    private final List<Object> stack = new ArrayList<>();

    /** An object: its class, and its attributes. */
    record Instance(String type, Map<String, Object> attributes) {}

    /** A class or a function. */
    record Global(String name) {}

    /** What a function was called with. */
    record Call(String function, List<Object> arguments) {}

    /** Something that lies elsewhere. */
    record Persistent(List<Object> id) {}

    private Unpickled(byte[] pickle) {
        in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    }

    static Object read(byte[] pickle) {
        return new Unpickled(pickle).run();
    }

    private Object run() {
        while (true) {
            var code = in.get();
            switch ((char) (code & 0xff)) {
                case 0x80 -> in.get(); // the protocol
                case 'c' -> stack.add(new Global(line() + "." + line()));
                case ')' -> stack.add(List.of());
                case '}' -> stack.add(new LinkedHashMap<String, Object>());
                case '(' -> stack.add(MARK);
                case 't' -> stack.add(sinceMark());
                case 'X' -> stack.add(text(in.getInt()));
                case 'J' -> stack.add(in.getInt());
                case 'N' -> stack.add(Optional.empty());
                case 0x89 -> stack.add(false);
                case 'Q' -> stack.add(new Persistent(list(pop())));
                case 'u' -> setItems();
                case 0x81 -> {
                    pop(); // of no arguments
                    stack.add(new Instance(((Global) pop()).name(), new LinkedHashMap<>()));
                }
                case 'b' -> {
                    var state = pop();
                    ((Instance) stack.get(stack.size() - 1)).attributes().putAll(map(state));
                }
                case 'R' -> {
                    var arguments = list(pop());
                    stack.add(new Call(((Global) pop()).name(), arguments));
                }
                case '.' -> {
                    return pop();
                }
                default -> throw new IllegalArgumentException("opcode " + (code & 0xff));
            }
        }
    }

    private void setItems() {
        var items = sinceMark();
        var target = map(stack.get(stack.size() - 1));
        for (var i = 0; i < items.size(); i += 2) {
            target.put((String) items.get(i), items.get(i + 1));
        }
    }

    private List<Object> sinceMark() {
        var found = new ArrayList<Object>();
        for (var top = pop(); top != MARK; top = pop()) {
            found.add(top);
        }
        Collections.reverse(found);
        return found;
    }

    private Object pop() {
        return stack.remove(stack.size() - 1);
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private String text(int length) {
        var bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String line() {
        var text = new StringBuilder();
        for (var c = in.get(); c != '\n'; c = in.get()) {
            text.append((char) c);
        }
        return text.toString();
    }
}
