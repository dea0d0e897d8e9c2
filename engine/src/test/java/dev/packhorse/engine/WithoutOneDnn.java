package dev.packhorse.engine;

import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.model.ModelFolder;
import java.util.Arrays;

/** A program for a class path without oneDNN: prints what encodes, and how near the reference texts' vectors come. */
final class WithoutOneDnn {

    private WithoutOneDnn() {}

    public static void main(String[] args) {
        var model = ModelFolder.read(Fixtures.tinyBert());
        var settings = new EngineSettings(
                model, PrecisionChoice.AUTO.on(model, PathChoice.AUTO, new Device.Cpu()), PathChoice.AUTO, 256, 1);
        try (var engine = Engine.open(settings)) {
            System.out.println("encoder: " + engine.info());
            var reference = Fixtures.reference("tiny-bert");
            var found = Arrays.stream(engine.embed(reference.tokenIds(), (r, t, c, n) -> {}))
                    .map(answer -> ((Embedded.Vector) answer).values())
                    .toArray(float[][]::new);
            System.out.println("worst cosine: "
                    + Closeness.worst(reference.vectors(), found).cosine());
        }
    }
}
