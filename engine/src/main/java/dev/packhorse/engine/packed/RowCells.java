package dev.packhorse.engine.packed;

import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.onnxgraph.Nodes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The padded rectangle of a launch, computed from its cumulative lengths; each part where somebody asks for it, once. */
final class RowCells {

    private final GraphContext context;
    private final Map<String, String> made = new HashMap<>();

    /** @param context of the whole graph */
    RowCells(GraphContext context) {
        this.context = context.in("cells");
    }

    /** @param nodes in a module of their own, so that names do not tell who asked first */
    private String once(String part, Function<Nodes, String> nodes) {
        if (!made.containsKey(part)) {
            made.put(part, nodes.apply(context.in(part).nodes()));
        }
        return made.get(part);
    }

    /** [1, S] int32: 0, 1, .. */
    String places() {
        return once("places", in -> in.unsqueeze(range(in), 0));
    }

    /** [B, 1] int32 the first token of each row */
    String firsts() {
        return once("firsts", in -> in.unsqueeze(sums(in, 0, -1), 1));
    }

    /** [B, 1] int32 behind the last token of each row */
    private String ends() {
        return once("ends", in -> in.unsqueeze(sums(in, 1, Integer.MAX_VALUE), 1));
    }

    /** [B, 1] int32 the last token of each row */
    String lasts() {
        return once("lasts", in -> in.both("Sub", ends(), int32(in, 1)));
    }

    /** [B, 1] int32 */
    String lengths() {
        return once("lengths", in -> in.both("Sub", ends(), firsts()));
    }

    /** [B, S] int32 the token in each cell; in cells of padding, the row's last */
    String tokens() {
        return once("tokens", in -> in.both("Min", in.both("Add", firsts(), places()), lasts()));
    }

    private static String sums(Nodes in, long from, long to) {
        var sums = PackedInput.CUMULATIVE_LENGTHS.id();
        return in.graph().node("Slice", List.of(sums, in.numbers(from), in.numbers(to), in.numbers(0)));
    }

    /** [S] int32: 0, 1, .. */
    static String range(Nodes in) {
        var size = in.size(PackedInput.TOKEN_OFFSET.id(), 1);
        var range = in.graph().node("Range", List.of(in.scalar(0), size, in.scalar(1)));
        return in.cast(range, ElementType.INT32);
    }

    /** A single int32. */
    static String int32(Nodes in, int value) {
        return in.cast(in.scalar(value), ElementType.INT32);
    }

    /**
     * Two values, each in its cells.
     *
     * @param user the module that wants them
     * @param skipped how many tokens at the start of each row are not meant
     * @param inside of cells with a token that is meant; broadcast to [B, S]
     * @param outside of the other cells; broadcast likewise
     */
    String where(Nodes user, int skipped, String inside, String outside) {
        var real = user.both("Less", places(), lengths());
        var meant = skipped == 0
                ? real
                : user.both("And", real, user.both("GreaterOrEqual", places(), int32(user, skipped)));
        return user.graph().node("Where", List.of(meant, inside, outside));
    }
}
