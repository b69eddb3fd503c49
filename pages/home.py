"""Home: the road, the samples, the last runs and the machine."""

from dlstudio.ui.home import show_last_runs, show_machine, show_road, show_welcome
from dlstudio.ui.home_samples import show_samples

show_welcome()
show_road()
show_samples()
show_last_runs()
show_machine()
