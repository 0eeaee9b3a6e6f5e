// <div data-recorder>: records a prompt with the microphone into the file field of its form. What a browser records
// (WebM, MP4) no telephone plays, so it becomes a WAV of one channel and 8,000 samples a second, as telephones speak.

const RATE = 8000;
const LONGEST_SECONDS = 120;

for (const place of document.querySelectorAll("[data-recorder]")) {
  if (!window.MediaRecorder || !navigator.mediaDevices) continue;
  place.hidden = false;
  prepare(place);
}

function prepare(place) {
  const form = place.closest("form");
  const file = form.querySelector("input[type=file]");
  const source = form.querySelector("input[name=source]");
  const button = place.querySelector("[data-record]");
  const words = place.querySelector("output");
  let recorder = null;

  file.addEventListener("change", () => (source.value = "file"));
  button.addEventListener("click", async () => {
    if (recorder) {
      recorder.stop();
      return;
    }
    try {
      recorder = await begin(async (sound) => {
        recorder = null;
        button.removeAttribute("aria-pressed");
        give(file, new File([await asWav(sound)], "recording.wav", { type: "audio/wav" }));
        source.value = "browser";
        words.textContent = place.dataset.ready;
      });
      button.setAttribute("aria-pressed", "true");
      words.textContent = place.dataset.recording;
    } catch {
      recorder = null;
      words.textContent = place.dataset.refused;
    }
  });
}

async function begin(done) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream);
  const parts = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  recorder.addEventListener("stop", () => {
    stream.getTracks().forEach((track) => track.stop());
    done(new Blob(parts, { type: recorder.mimeType }));
  });
  recorder.start();
  setTimeout(() => recorder.state === "recording" && recorder.stop(), LONGEST_SECONDS * 1000);
  return recorder;
}

function give(field, file) {
  const carrier = new DataTransfer();
  carrier.items.add(file);
  field.files = carrier.files;
}

async function asWav(sound) {
  const context = new AudioContext();
  const heard = await context.decodeAudioData(await sound.arrayBuffer());
  await context.close();
  const offline = new OfflineAudioContext(1, Math.ceil(heard.duration * RATE), RATE);
  const player = offline.createBufferSource();
  player.buffer = heard;
  player.connect(offline.destination);
  player.start();
  return written((await offline.startRendering()).getChannelData(0));
}

function written(samples) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (at, letters) => [...letters].forEach((letter, place) => view.setUint8(at + place, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + samples.length * 2, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, place) => view.setInt16(44 + place * 2, Math.max(-1, Math.min(1, sample)) * 32767, true));
  return view.buffer;
}
