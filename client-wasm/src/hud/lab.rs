//! The panel of the lab: controls show what is set, whoever set it (a hand, a preset, the address). Invariant: the
//! panel holds no settings of its own; they are in `crate::lab`.

use super::{Cached, Dom, Frame, Widget, decimal};
use crate::lab::{KNOBS, Knob, PRESETS, Setup, TOGGLES};

/// The panel.
#[derive(Debug, Default)]
pub struct LabPanel {
    open: Cached<bool>,
    folded: Cached<bool>,
    setup: Cached<Setup>,
}

impl Widget for LabPanel {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        if self.open.changed(frame.lab.is_some()) {
            dom.flag("lab", "off", frame.lab.is_none());
        }
        let Some(lab) = frame.lab else { return };
        if self.folded.changed(lab.folded) {
            dom.flag("lab", "folded", lab.folded);
            dom.flag("hud", "beside-lab", !lab.folded);
            dom.text("lab-fold", if lab.folded { "Netcode lab" } else { "Hide" });
        }
        if self.setup.changed(lab.setup) {
            show(&lab.setup, dom);
        }
    }
}

fn show(setup: &Setup, dom: &mut dyn Dom) {
    for (knob, id, value_id, ..) in KNOBS {
        let value = setup.knob(knob);
        dom.value(id, &value.to_string());
        dom.text(value_id, &words(knob, value));
    }
    for (toggle, id, ..) in TOGGLES {
        dom.check(id, setup.toggle(toggle));
    }
    let preset = setup.preset();
    for (index, id) in PRESETS.into_iter().enumerate() {
        dom.flag(id, "on", preset == Some(index));
    }
}

fn words(knob: Knob, value: u16) -> String {
    let number = value.to_string();
    match knob {
        Knob::Delay | Knob::Jitter => [&number, " ms"].concat(),
        Knob::Loss => [&decimal(value.into()), " %"].concat(),
        Knob::Rate if value == 0 => "unlimited".to_owned(),
        Knob::Rate => [&number, " KB/s"].concat(),
        Knob::Present => [&number, " %"].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hud::tests::{Recorded, with_frame, with_parts},
        lab::Lab,
        net::{Net, Remembered},
    };
    use shared::replica::view::View;

    #[test]
    fn the_panel_shows_what_the_address_said_and_what_a_preset_set() {
        let mut lab = Lab::new("#delay=120&loss=5&prediction=0", false, 1);
        let (mut panel, mut dom) = (LabPanel::default(), Recorded::default());
        let mut update = |lab: &Lab, dom: &mut Recorded| {
            let net = Net::new(1, (800, 450), Remembered::default(), 0);
            with_parts(&View::default(), &net, Some(lab), |frame| panel.update(frame, dom));
        };
        update(&lab, &mut dom);
        for done in
            ["lab!off", "lab-delay:=120", "lab-delay-value=120 ms", "lab-loss-value=0.5 %", "lab-prediction?false"]
        {
            assert!(dom.has(done), "{done}: {:?}", dom.done);
        }
        assert!(dom.has("lab-rate-value=unlimited") && dom.has("lab-smoothing?true"));
        lab.take("lab-preset-slow", 0.0, 0);
        update(&lab, &mut dom);
        assert!(dom.has("lab-preset-slow.on") && dom.has("lab-rate-value=6 KB/s"));
        lab.take("lab-fold", 0.0, 0);
        update(&lab, &mut dom);
        assert!(dom.has("lab.folded"));
    }

    #[test]
    fn the_game_itself_has_no_panel() {
        let mut dom = Recorded::default();
        with_frame(&View::default(), |frame| LabPanel::default().update(frame, &mut dom));
        assert_eq!(dom.done, ["lab.off"]);
    }
}
