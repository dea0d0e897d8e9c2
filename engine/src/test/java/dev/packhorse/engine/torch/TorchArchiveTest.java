package dev.packhorse.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.TorchFixtures;
import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchArchiveTest {

    private static final String CODE = "model/code/__torch__.py";

    @TempDir
    Path folder;

    private TorchArchive read(byte[] bytes) {
        try {
            return TorchArchive.read("model.pt", Files.write(folder.resolve("file"), bytes));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void assertRefused(byte[] bytes, String found) {
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(ModelException.class)
                .hasMessage("model.pt: expected a TorchScript file that PyTorch 2.7.1 reads, found " + found
                        + "; trace it again, with that PyTorch or an older one:"
                        + " torch.jit.trace(model.eval(), (input_ids, attention_mask)).save(FILE)");
    }

    private void assertRefused(Consumer<Map<String, byte[]>> change, String found) {
        assertRefused(TorchFixtures.changed("tuple", change), found);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void parametersHaveTheNamesThatTheyHadInPython() {
        assertThat(read(TorchFixtures.bytes("tiny-bert")).parameters())
                .extracting(Parameter::name)
                .containsExactly("input_ids", "attention_mask", "token_type_ids");
        assertThat(read(TorchFixtures.bytes("by-place")).parameters())
                .extracting(Parameter::name)
                .containsExactly("x", "mask", "kinds");
        assertThat(read(TorchFixtures.bytes("optional-mask")).parameters())
                .containsExactly(
                        new Parameter("input_ids", "Tensor"), new Parameter("attention_mask", "Optional[Tensor]"));
    }

    /** A class whose name was taken already has a file of its own. */
    @Test
    void theTopModuleMayBeInAnyFile() {
        var moved = TorchFixtures.changed("tuple", entries -> {
            entries.put("model/code/__torch__/some/model/___torch_mangle_7.py", entries.remove(CODE));
            entries.put("model/data.pkl", text("\u0080\u0002c__torch__.some.model.___torch_mangle_7\nTuple\nq"));
        });
        assertThat(read(moved).parameters()).extracting(Parameter::name).containsExactly("input_ids", "attention_mask");
    }

    @Test
    void aFileOfANewerFormatIsRefused() {
        assertRefused(
                entries -> entries.put("model/.data/version", text("11\n")),
                "version 11 of the format, which goes up to 10 there");
        assertRefused(
                entries -> {
                    entries.remove("model/.data/version");
                    entries.put("model/version", text("999\n"));
                },
                "version 999 of the format, which goes up to 10 there");
        assertRefused(entries -> entries.keySet().removeIf(name -> name.endsWith("version")), "the version ''");
        assertRefused(entries -> entries.put("model/.data/version", text("new")), "the version 'new'");
    }

    @Test
    void whatIsNoTorchScriptIsNamed() {
        assertRefused(new byte[] {(byte) 0x80, 2, 'c'}, "a pickle that torch.save wrote");
        assertRefused(entries -> entries.remove("model/constants.pkl"), "what torch.save wrote, which has no code");
        assertRefused(entries -> entries.remove("model/data.pkl"), "a zip without a data.pkl in its folder");
        assertRefused(entries -> entries.put("model/archive_format", text("pt2")), "a program of torch.export");
        assertRefused(
                entries -> entries.put("serialized_exported_program.json", text("{}")), "a program of torch.export");
        assertRefused(
                entries -> entries.put("model/data.pkl", text("no pickle")),
                "something else than a module in data.pkl");
        assertRefused(entries -> entries.remove(CODE), "no method forward of __torch__.Tuple in code/__torch__.py");
        assertThatThrownBy(() -> read(text("<html>")))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(
                        "model.pt: expected a TorchScript file that PyTorch 2.7.1 reads, found no whole zip: ");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> TorchArchive.read("model.pt", folder.resolve("none")))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("model.pt: expected a readable file, found: ");
    }

    /** Anybody may have written any byte; all that may come of it is a refusal. */
    @Test
    void damagedFilesAreReadOrRefused() {
        var random = Seeds.random();
        var whole = TorchFixtures.bytes("dict");
        for (var i = 0; i < 500; i++) {
            var damaged = Arrays.copyOf(whole, i % 2 == 0 ? whole.length : random.nextInt(whole.length));
            for (var changes = random.nextInt(1, 8); changes > 0 && damaged.length > 0; changes--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                read(damaged);
            } catch (ModelException e) {
                assertThat(e).hasMessageStartingWith("model.pt: expected ");
            }
        }
    }
}
