package dev.packhorse.engine.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds the parameters of {@code forward} in the code of a TorchScript archive: Python's syntax as PyTorch prints it
 * (torch/csrc/jit/serialization/python_print.cpp), {@code def forward(self: TYPE, NAME: TYPE, NAME: TYPE=VALUE) -> TYPE:}.
 */
final class ForwardSignature {

    private static final String FORWARD = "  def forward(";

    private ForwardSignature() {}

    /**
     * Reads them.
     *
     * @param code of the file that has the class
     * @param name of the class
     * @return without {@code self}; nothing where there is no such class, or it has no {@code forward}
     */
    static Optional<List<Parameter>> read(String code, String name) {
        return classBody(code, name).flatMap(ForwardSignature::parameters);
    }

    private static Optional<String> classBody(String code, String name) {
        var start = Pattern.compile("^class " + Pattern.quote(name) + "\\(.*\\):$", Pattern.MULTILINE)
                .matcher(code);
        if (!start.find()) {
            return Optional.empty();
        }
        var end = Pattern.compile("^class ", Pattern.MULTILINE).matcher(code);
        return Optional.of(
                end.find(start.end()) ? code.substring(start.end(), end.start()) : code.substring(start.end()));
    }

    private static Optional<List<Parameter>> parameters(String body) {
        var start = body.indexOf(FORWARD);
        if (start < 0) {
            return Optional.empty();
        }
        var parts = parts(body.substring(start + FORWARD.length()));
        return parts.isEmpty()
                ? Optional.empty()
                : Optional.of(parts.stream()
                        .skip(1) // self
                        .map(ForwardSignature::parameter)
                        .toList());
    }

    /** What stands between commas, up to the bracket that closes the list; brackets within it are left alone. */
    private static List<String> parts(String list) {
        var parts = new ArrayList<String>();
        var depth = 0;
        var start = 0;
        for (var i = 0; i < list.length(); i++) {
            var c = list.charAt(i);
            if (c == '(' || c == '[' || c == '{') {
                depth++;
            } else if ((c == ')' || c == ']' || c == '}') && depth > 0) {
                depth--;
            } else if (c == ')' || (c == ',' && depth == 0)) {
                parts.add(list.substring(start, i).strip());
                start = i + 1;
                if (c == ')') {
                    return parts;
                }
            }
        }
        return List.of(); // it never ends
    }

    private static Parameter parameter(String part) {
        var colon = part.indexOf(':');
        var name = colon < 0 ? part : part.substring(0, colon).strip();
        var type = colon < 0 ? "Tensor" : part.substring(colon + 1).strip();
        var value = type.indexOf('=');
        return new Parameter(name, value < 0 ? type : type.substring(0, value).strip());
    }
}
