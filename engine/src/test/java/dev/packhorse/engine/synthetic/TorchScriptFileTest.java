package dev.packhorse.engine.synthetic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.synthetic.StoredEntries.Entry;
import dev.packhorse.engine.synthetic.Unpickled.Call;
import dev.packhorse.engine.synthetic.Unpickled.Instance;
import dev.packhorse.engine.synthetic.Unpickled.Persistent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** As far as it can be told without PyTorch: that it loads and computes is tried where that is there. */
class TorchScriptFileTest {

    private static final Pattern READ = Pattern.compile("self\\.(\\w+)");

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void entriesAreStoredAlignedAndWhole(Kind kind) throws IOException {
        var entries = write(kind);
        var tensors = kind == Kind.BERT ? 5 + 2 + 2 * 16 : 5 + 1 + 2 * 16;
        var names = new TreeSet<String>();
        IntStream.range(0, tensors).forEach(i -> names.add("model/data/" + i));
        names.addAll(List.of(
                "model/data.pkl",
                "model/code/__torch__.py",
                "model/code/__torch__/packhorse.py",
                "model/constants.pkl",
                "model/version",
                "model/byteorder"));
        assertThat(entries.keySet()).containsExactlyInAnyOrderElementsOf(names);
        assertThat(entries).allSatisfy((name, entry) -> {
            assertThat(entry.method()).isZero();
            assertThat(entry.offset() % 64).isZero();
            assertThat(entry.crcFits()).isTrue();
        });
        assertThat(entries.get("model/version").text()).isEqualTo("10\n");
        assertThat(entries.get("model/byteorder").text()).isEqualTo("little");
        assertThat(Unpickled.read(entries.get("model/constants.pkl").bytes())).isEqualTo(List.of());
        try (var zip = new ZipFile(folder.resolve("torchscript/model.pt").toFile())) {
            assertThat(zip.size()).isEqualTo(entries.size()); // so its directory is right, too
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyParameterHasTheNumbersOfTheSafetensorsFile(Kind kind) throws IOException {
        var entries = write(kind);
        var weights = Files.readAllBytes(folder.resolve("model.safetensors"));
        var parameters = Parameters.of(TinySizes.of(kind), 3);
        var layout = new SafetensorsLayout(parameters);
        var model = (Instance) Unpickled.read(entries.get("model/data.pkl").bytes());
        assertThat(model.type()).isEqualTo("__torch__.Model");
        for (var parameter : parameters) {
            var name = parameter.name();
            var inLayer = name.startsWith("encoder.layer.");
            var prefix = inLayer ? name.substring(0, "encoder.layer.0.".length()) : "embeddings.";
            var owner =
                    inLayer ? (Instance) model.attributes().get("layer_" + prefix.charAt(prefix.length() - 2)) : model;
            assertThat(owner.type()).isEqualTo(inLayer ? "__torch__.packhorse.Layer" : "__torch__.Model");
            var tensor = (Call) owner.attributes().get(TracedCode.attribute(parameter, prefix));
            var storage = (Persistent) tensor.arguments().get(0);
            assertThat(tensor.function()).isEqualTo("torch._utils._rebuild_tensor_v2");
            assertThat(storage.id().subList(3, 5)).isEqualTo(List.of("cpu", (int) parameter.numbers()));
            assertThat(tensor.arguments().get(2)).isEqualTo(parameter.shape());
            var strides = parameter.isMatrix() ? List.of(parameter.columns(), 1) : List.of(1);
            assertThat(tensor.arguments().get(3)).isEqualTo(strides);
            var from = (int) layout.offset(parameter);
            assertThat(entries.get("model/data/" + storage.id().get(2)).bytes())
                    .as(name)
                    .isEqualTo(Arrays.copyOfRange(weights, from, from + (int) parameter.bytes()));
        }
    }

    /** Code of a name that is not there would only fail where somebody loads it. */
    @ParameterizedTest
    @EnumSource
    void codeReadsWhatObjectsHave(Kind kind) throws IOException {
        var entries = write(kind);
        var model = (Instance) Unpickled.read(entries.get("model/data.pkl").bytes());
        assertFits(model, entries.get("model/code/__torch__.py").text());
        for (var layer : List.of("layer_0", "layer_1")) {
            assertFits(
                    (Instance) model.attributes().get(layer),
                    entries.get("model/code/__torch__/packhorse.py").text());
        }
        assertThat(entries.get("model/code/__torch__.py").text()).contains("""
                          def forward(self: __torch__.Model,
                            input_ids: Tensor,
                            attention_mask: Tensor) -> Tensor:
                        """);
    }

    private static void assertFits(Instance object, String code) {
        var read = new TreeSet<String>();
        READ.matcher(code).results().forEach(found -> read.add(found.group(1)));
        var there = new TreeSet<>(object.attributes().keySet());
        assertThat(there).containsAll(Set.of("training", "_is_full_backward_hook"));
        there.removeAll(Set.of("training", "_is_full_backward_hook"));
        assertThat(read).isEqualTo(there);
        assertThat(there).allSatisfy(name -> assertThat(code).contains("\n  " + name + " : "));
    }

    @Test
    void positionsAreKeptAsTheModelKeepsThem() throws IOException {
        var entries = write(Kind.BERT);
        var model = (Instance) Unpickled.read(entries.get("model/data.pkl").bytes());
        var positions = (Call) model.attributes().get("position_ids");
        var storage = (Persistent) positions.arguments().get(0);
        assertThat(storage.id())
                .isEqualTo(List.of("storage", new Unpickled.Global("torch.LongStorage"), "5", "cpu", 40));
        assertThat(positions.arguments().get(2)).isEqualTo(List.of(1, 40));
        var bytes = entries.get("model/data/5").bytes();
        assertThat(bytes).hasSize(40 * Long.BYTES);
        assertThat(bytes[39 * Long.BYTES]).isEqualTo((byte) 39);
    }

    private Map<String, Entry> write(Kind kind) throws IOException {
        SyntheticModel.write(TinySizes.of(kind), 3, folder, Set.of(Format.SAFETENSORS, Format.TORCHSCRIPT));
        return StoredEntries.of(Files.readAllBytes(folder.resolve("torchscript/model.pt")));
    }
}
