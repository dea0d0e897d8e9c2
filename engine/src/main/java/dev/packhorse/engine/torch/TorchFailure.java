package dev.packhorse.engine.torch;

import java.util.List;

/** What PyTorch says when something fails, without the stacks of Python and C++ that it says it with. */
final class TorchFailure {

    private static final List<String> STARTS = List.of("RuntimeError: ", "IndexError: ", "ValueError: ");

    private TorchFailure() {}

    /** One line for people. */
    static String of(Throwable failure) {
        var deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return line(String.valueOf(deepest.getMessage()));
    }

    /** The error at the end of a Python stack, where there is one, else the first line. */
    static String line(String message) {
        var lines = message.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        for (var i = lines.size() - 1; i >= 0; i--) {
            for (var start : STARTS) {
                if (lines.get(i).startsWith(start)) {
                    return lines.get(i).substring(start.length());
                }
            }
        }
        return lines.isEmpty() ? message : lines.get(0);
    }
}
