package dev.packhorse.cuda;

import dev.packhorse.engine.packed.Target;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What has to be seen on a GPU, in one program: that the packed graphs' vectors are the reference's there, and how fast they
 * are. For a machine that has a GPU and nothing else of ours: {@code cuda/on-gpu/pack} makes what it takes along, {@code
 * cuda/on-gpu/run} runs it there.
 *
 * <pre>OnGpu [--step all|cases|kernels|speeds] [--device cuda:N|cpu] [--seconds S] [--shapes minilm,bert-base,xlm-r-large]
 *     [--cells N] [--turns N]</pre>
 *
 * <p>The step {@code kernels} runs one launch of each shape's layers, for ONNX Runtime's log of what it takes for attention. Exit
 * code 1 where a vector is too far from the reference's. With {@code --device cpu} it runs on ONNX's own operators: slow, but so
 * is known that it runs.
 */
public final class OnGpu {

    private OnGpu() {}

    /** @param args as above */
    public static void main(String[] args) {
        System.exit(run(System.out, args) ? 0 : 1);
    }

    /** @return whether all vectors are near enough */
    static boolean run(PrintStream out, String... args) {
        var device = value(args, "--device", "cuda:0");
        var target = device.equals("cpu")
                ? new Target.Cpu(1)
                : new Target.Gpu(Integer.parseInt(device.substring(device.indexOf(':') + 1)));
        var step = value(args, "--step", "all");
        var good = !Set.of("all", "cases").contains(step) || new Cases(out, target).run();
        var seconds = Double.parseDouble(value(args, "--seconds", "0.5"));
        var cells = Integer.parseInt(value(args, "--cells", "32768"));
        var turns = Integer.parseInt(value(args, "--turns", "5"));
        for (var name : shapes(args)) {
            var speeds = new Speeds(out, target, seconds, cells, turns);
            if (Set.of("all", "kernels").contains(step)) {
                speeds.kernels(Sizes.valueOf(name));
            }
            if (Set.of("all", "speeds").contains(step)) {
                speeds.run(Sizes.valueOf(name));
            }
        }
        return good;
    }

    private static List<String> shapes(String... args) {
        var names = value(args, "--shapes", "minilm,bert-base,xlm-r-large");
        return names.isEmpty()
                ? List.of()
                : Arrays.stream(names.split(","))
                        .map(name -> name.toUpperCase(Locale.ROOT).replace('-', '_'))
                        .toList();
    }

    private static String value(String[] args, String name, String otherwise) {
        var at = Arrays.asList(args).lastIndexOf(name);
        return at < 0 ? otherwise : args[at + 1];
    }
}
